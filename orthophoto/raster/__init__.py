"""Photos as pixels: what a delivery holds, sheets made into COGs and checked, the mosaic's overview. No Django here."""
