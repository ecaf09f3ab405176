"""The import map counts imports between rooms."""

import re

import grimp

from docs.generator.import_map import imports_between, layers_picture


def test_it_counts_the_imports_between_two_rooms() -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer="app.api.views", imported="app.pipeline.speech")
    graph.add_import(importer="app.api.urls", imported="app.api.views")
    graph.add_module("app.api")

    assert imports_between(graph, "app.api") == {"app.pipeline": 1}


def test_rooms_of_one_layer_are_side_by_side() -> None:
    picture = layers_picture({"name": "One way", "layers": ["api", "formats | library", "merge"]})

    assert re.findall(r'<text x="(\d+)" y="([\d.]+)"[^>]*>(\w+)<', picture) == [
        ("14", "21.0", "api"),
        ("14", "63.0", "formats"),
        ("204", "63.0", "library"),
        ("14", "105.0", "merge"),
    ]
