"""The import map counts imports between rooms."""

import grimp

from docs.generator.import_map import imports_between, layers_table


def test_it_counts_the_imports_between_two_rooms() -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer="app.api.views", imported="app.pipeline.speech")
    graph.add_import(importer="app.api.urls", imported="app.api.views")
    graph.add_module("app.api")

    assert imports_between(graph, "app.api") == {"app.pipeline": 1}


def test_a_layer_lists_all_its_rooms() -> None:
    table = layers_table({"name": "One way", "layers": ["api", "formats | library", "merge"]})

    assert "| `formats`, `library` | every layer above |" in table
