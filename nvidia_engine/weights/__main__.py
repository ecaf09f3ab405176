"""Fetch and check the weights: ``python -m nvidia_engine.weights``."""

import argparse
import json
import sys

from django.core.exceptions import ImproperlyConfigured

from nvidia_engine.inference.model_files import DIARIZERS
from nvidia_engine.weights.downloads import ensure_weights
from nvidia_engine.weights.manifest import (
    LOCK,
    WeightsRefused,
    choose_files,
    load_manifest,
    read_lock,
)

EPILOG = f"""\
MODELS_DIR is the folder, HF_ENDPOINT a mirror of the hub, OFFLINE=true asks no host. Files without
a published hash are pinned at the first fetch, in {LOCK} of that folder:
review it and keep it.
"""


def main() -> int:
    """Run the command; 0 when every file is there and right, 2 when a setting is wrong."""
    try:
        from nvidia_engine import settings
    except ImproperlyConfigured as problem:
        print(problem, file=sys.stderr)
        return 2
    options = parse_options(settings.DIARIZER)
    try:
        manifest = load_manifest(settings.HF_ENDPOINT, settings.MODELS_MANIFEST)
        files = choose_files(manifest, options.dtype, options.diarizer)
        ensure_weights(settings.MODELS_DIR, files, is_offline=settings.OFFLINE, report=print)
    except WeightsRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"The weights are in {settings.MODELS_DIR}.")
    if options.action == "lock":
        print(json.dumps(read_lock(settings.MODELS_DIR), indent=1, sort_keys=True))
    return 0


def parse_options(diarizer: str) -> argparse.Namespace:
    """Read the command line.

    Parameters
    ----------
    diarizer
        The one to take by default.
    """
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
    parser.add_argument(
        "--diarizer", choices=DIARIZERS, default=diarizer, help="the default is DIARIZER"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
