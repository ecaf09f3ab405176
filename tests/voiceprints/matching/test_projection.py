"""Tests of the projection of vectors on a plane."""

import numpy as np

from voiceprints.matching.projection import project


def test_the_first_axis_has_the_most_variance() -> None:
    plane = project(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 4.0], [0.0, 1.0, 2.0]]))

    assert np.isclose(np.ptp(plane.points[:, 0]), 4.0)
    assert np.isclose(plane.share, 1.0)


def test_the_largest_component_points_to_the_right() -> None:
    plane = project(np.array([[-3.0, 0.1], [3.0, 0.0]]))

    assert plane.points[0, 0] < plane.points[1, 0]


def test_the_plane_does_not_show_a_third_direction() -> None:
    corners = np.vstack([np.eye(3), -np.eye(3)])

    assert np.isclose(project(corners).share, 2 / 3)


def test_equal_vectors_are_one_point() -> None:
    plane = project(np.ones((3, 4)))

    assert np.allclose(plane.points, 0.0)
    assert np.isclose(plane.share, 1.0)


def test_one_vector_is_at_the_origin() -> None:
    assert project(np.ones((1, 192))).points.tolist() == [[0.0, 0.0]]


def test_no_vectors_give_no_points() -> None:
    assert project(np.empty((0, 192))).points.shape == (0, 2)


def test_two_vectors_are_two_points() -> None:
    assert project(np.eye(2, 192)).points.shape == (2, 2)
