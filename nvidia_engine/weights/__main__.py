"""Fetch and check the weights: ``python -m nvidia_engine.weights``."""

import argparse
import json
import sys

from nvidia_engine import settings
from nvidia_engine.weights.downloads import WeightsRefused, ensure_weights
from nvidia_engine.weights.manifest import LOCK, choose_files, load_manifest, read_lock

EPILOG = f"""\
MODELS_DIR is the folder, HF_ENDPOINT a mirror of the hub, OFFLINE=true asks no host. Files without
a published hash are pinned at the first fetch, in {LOCK} of that folder:
review it and keep it.
"""


def main() -> int:
    """Run the command; 0 when every file is there and right."""
    parser = argparse.ArgumentParser(
        prog="python -m nvidia_engine.weights",
        description="Fetch the weights of all three models, and check their hashes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "action",
        nargs="?",
        choices=("fetch", "lock"),
        default="fetch",
        help="lock also prints the hashes that were pinned here, to be reviewed and committed",
    )
    parser.add_argument("--dtype", choices=("fp32", "int8"), default="int8", help="of Parakeet")
    parser.add_argument("--diarizer", default=settings.DIARIZER, help="as the setting DIARIZER")
    options = parser.parse_args()
    manifest = load_manifest(settings.HF_ENDPOINT)
    if options.diarizer not in manifest:
        parser.error("--diarizer: expected nemotron-3, sortformer-v2 or sortformer-v2.1")
    files = choose_files(manifest, options.dtype, options.diarizer)
    try:
        ensure_weights(settings.MODELS_DIR, files, is_offline=settings.OFFLINE, report=print)
    except WeightsRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"The weights are in {settings.MODELS_DIR}.")
    if options.action == "lock":
        print(json.dumps(read_lock(settings.MODELS_DIR), indent=1, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
