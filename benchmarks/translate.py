"""`python -m benchmarks.translate OPTIONS TARGET FILE…`: what `gdal_translate -of COG` does, timed.

It is the same call to the same GDAL as ours, with that program's own settings (with GDAL_NUM_THREADS it would read
plain TIFFs at half the speed). Prints the seconds that the copies took.
"""

import json
import sys
import time
from pathlib import Path

import rasterio
import rasterio.shutil


def main(options: str, target: str, *files: str) -> None:
    """Copy each file into the target folder."""
    with rasterio.Env():
        begun = time.perf_counter()
        for file in files:
            rasterio.shutil.copy(file, Path(target, Path(file).name), driver="COG", **json.loads(options))
        print(time.perf_counter() - begun)


if __name__ == "__main__":
    main(*sys.argv[1:])
