"""The manifests are of Kubernetes' own schema, and ask of the pods what docs/several-machines.md says."""

from pathlib import Path
from typing import Any

import kubernetes_validate  # pyright: ignore[reportMissingTypeStubs]
import pytest
import yaml

from ecg_service.bootstrap.worker import seconds_to_stop
from ecg_service.settings import Settings, variable
from ecg_service.settings.reference import options

MANIFESTS = Path(__file__).parents[2] / "deploy" / "kubernetes.yaml"
OBJECTS: list[dict[str, Any]] = [*yaml.safe_load_all(MANIFESTS.read_text())]
PODS = [one["spec"]["template"]["spec"] for one in OBJECTS if one["kind"] == "Deployment"]
CONTAINERS = [one for pod in PODS for one in pod["containers"]]
VERSIONS = ["1.28", "1.37"]


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_them(version: str) -> None:
    for one in OBJECTS:
        kubernetes_validate.validate(one, version, strict=True)


def test_the_settings_exist() -> None:
    [given] = [one["data"] for one in OBJECTS if one["kind"] == "ConfigMap"]
    named = {*given, *(env["name"] for one in CONTAINERS for env in one.get("env", ()))}
    assert named <= {variable(option.name) for option in options()}


def test_they_may_do_nothing_that_they_need_not() -> None:
    for pod in PODS:
        assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
        assert pod["securityContext"]["runAsNonRoot"]
    for one in CONTAINERS:
        context = one["securityContext"]
        assert (context["allowPrivilegeEscalation"], context["readOnlyRootFilesystem"]) == (
            False,
            True,
        )
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert one["resources"]["limits"]["memory"]


def test_a_stop_is_waited_for() -> None:
    unready = max(float(env["value"]) for one in CONTAINERS for env in one.get("env", ()))
    for pod in PODS:
        assert pod["terminationGracePeriodSeconds"] > unready + seconds_to_stop(Settings())


def test_each_probe_asks_for_what_it_should() -> None:
    [service] = [one for one in CONTAINERS if "ports" in one]
    probes = {name: service[name]["httpGet"]["path"] for name in service if name.endswith("Probe")}
    assert probes == {
        "startupProbe": "/health/live",
        "livenessProbe": "/health/live",
        "readinessProbe": "/health/ready",
    }
