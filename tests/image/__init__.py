"""Builds the image without a container engine: the Dockerfile's steps, one by one, on a Debian.

    python -m tests.image --folder /var/tmp/talon-image

needs root, and `debootstrap` unless `--base` names a root file system that is there already. It is no part of
the test run: it takes minutes, and downloads.
"""
