"""Heights of the ground, of the surface and of what stands on it, read from published campaigns of heights."""
