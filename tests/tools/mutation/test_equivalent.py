from mutation.__main__ import PROJECT, equivalent
from mutation.mutants import mutants


def test_every_change_that_is_excused_is_one_of_ours() -> None:
    """Code that was rewritten leaves excuses behind, with which `just mutants service` fails."""
    assert equivalent().keys() - {mutant.reason for mutant in mutants(PROJECT)} == set()


def test_every_excuse_has_a_reason() -> None:
    assert all(equivalent().values())
