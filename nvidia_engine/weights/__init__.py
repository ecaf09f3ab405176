"""The files of the models: their manifest, downloads and checks."""
