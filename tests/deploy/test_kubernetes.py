"""The manifests: fit Kubernetes' own schemas, fit each other, and let Firebell start, drain and stop well."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from bot.app import DRAIN_SECONDS
from bot.config import Environment
from bot.config.file import parse
from tests.deploy.dockerfile import ROOT, environment, ours

FOLDER = ROOT / "deploy" / "kubernetes"
SCHEMAS = json.loads((ROOT / "tests/data/deploy/kubernetes-1.37.json").read_text(encoding="utf-8"))
FILES = sorted(FOLDER.glob("*.yaml"))


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def mistakes(manifest: Any) -> list[str]:
    schema = {"$ref": f"#/$defs/{SCHEMAS['kinds'][manifest['kind']]}", "$defs": SCHEMAS["$defs"]}
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(manifest)]


def pod(name: str) -> Any:
    return read(name)["spec"]["template"]["spec"]


PODS = ("deployment.yaml", "migrate-job.yaml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_kubernetes_would_accept_it(path: Any) -> None:
    assert mistakes(read(path.name)) == []


def test_the_schemas_find_a_mistake() -> None:
    wrong = read("deployment.yaml")
    wrong["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    wrong["spec"]["replicas"] = "two"
    assert len(mistakes(wrong)) == 2


def test_everything_finds_its_pods() -> None:
    deployment = read("deployment.yaml")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert read("service.yaml")["spec"]["selector"] == labels
    assert read("poddisruptionbudget.yaml")["spec"]["selector"]["matchLabels"] == labels
    assert read("migrate-job.yaml")["spec"]["template"]["metadata"]["labels"] != labels, (
        "the Service must not send to it"
    )
    port = deployment["spec"]["template"]["spec"]["containers"][0]["ports"][0]
    assert (read("service.yaml")["spec"]["ports"][0]["targetPort"], port["containerPort"]) == (port["name"], 3000)
    assert environment(ours()[1])["PORT"] == "3000"


def test_two_replicas_of_which_one_always_stays() -> None:
    spec = read("deployment.yaml")["spec"]
    assert (spec["replicas"], spec["strategy"]["rollingUpdate"]) == (2, {"maxUnavailable": 0, "maxSurge": 1})
    assert read("poddisruptionbudget.yaml")["spec"]["maxUnavailable"] == 1


def test_probes_ask_what_each_is_for_and_slack_is_none_of_it() -> None:
    container = pod("deployment.yaml")["containers"][0]
    asked = {probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
    assert asked == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}


def test_there_is_time_to_drain() -> None:
    spec = pod("deployment.yaml")
    (_, pause) = spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    assert spec["terminationGracePeriodSeconds"] > int(pause) + DRAIN_SECONDS + 2


@pytest.mark.parametrize("name", PODS)
def test_pods_have_no_rights_that_they_do_not_need(name: str) -> None:
    spec = pod(name)
    (container,) = spec["containers"]
    assert spec["automountServiceAccountToken"] is False
    uid, gid = map(int, next(one.text for one in ours()[1] if one.word == "USER").split(":"))
    context = spec["securityContext"]
    assert (context["runAsNonRoot"], context["runAsUser"], context["runAsGroup"]) == (True, uid, gid)
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"requests", "limits"} == set(container["resources"])
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in spec["volumes"]}


def test_the_secret_names_variables_that_firebell_knows_and_holds_none() -> None:
    secret = read("secret.example.yaml")
    known = {str(field.alias) for field in Environment.model_fields.values()}
    assert set(secret["stringData"]) <= known
    assert [value for name, value in secret["stringData"].items() if name.startswith("SLACK")] == ["", "", ""]
    for name in PODS:
        assert pod(name)["containers"][0]["envFrom"] == [{"secretRef": {"name": secret["metadata"]["name"]}}]


def test_the_settings_are_well_and_where_firebell_looks() -> None:
    parse(read("configmap.yaml")["data"]["firebell.yaml"], "configmap.yaml")
    (container,) = pod("deployment.yaml")["containers"]
    told = {one["name"]: one["value"] for one in container["env"]}
    mount = next(mount for mount in container["volumeMounts"] if mount["name"] == "settings")
    assert told["FIREBELL_CONFIG"] == f"{mount['mountPath']}/firebell.yaml"
