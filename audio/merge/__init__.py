"""The merge core: pure functions over frozen values and numpy arrays, without HTTP or JSON."""
