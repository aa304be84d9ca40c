"""Services from Backstage's catalog-info.yaml files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from bot.config.file import policy_of, read_file
from bot.domain.catalog import UNKNOWN_SHARE, Edge, Range
from bot.errors import ConfigError

CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Check.out
  title: Checkout
  annotations:
    github.com/project-slug: larkspur/checkout
    firebell/tier: "1"
    firebell/revenue-per-hour: "1200.5"
    firebell/vips: Acme, Birch
    firebell/safety: "true"
    firebell/share.payments: "0.8"
    firebell/after.payments: 10m
spec:
  type: ml-model
  owner: group:default/shop
  dependsOn: [component:default/payments, resource:orders, api:default/cards]
---
kind: Component
metadata:
  name: payments
---
kind: Resource
metadata:
  name: orders
---
kind: System
metadata:
  name: market
"""


def written(folder: Path, catalog: str, settings: str = "") -> Path:
    (folder / "catalog-info.yaml").write_text(catalog, encoding="utf-8")
    file = folder / "firebell.yaml"
    file.write_text("catalog_files: [catalog-info.yaml]\n" + dedent(settings), encoding="utf-8")
    return file


def test_components_and_resources_become_services(tmp_path: Path) -> None:
    policy = policy_of(read_file(written(tmp_path, CATALOG)))
    assert [one.key for one in policy.services] == ["check-out", "payments", "orders"]
    shop = policy.service("check-out")
    assert (shop.name, shop.owner, shop.kind, shop.tier) == ("Checkout", "shop", "model", 1)
    assert (shop.revenue_per_hour, shop.vips, shop.safety) == (Range.exact(1200.5), ("Acme", "Birch"), True)
    assert shop.depends_on == (
        Edge("payments", Range.exact(0.8), timedelta(minutes=10)),
        Edge("orders", UNKNOWN_SHARE),
    )


def test_what_the_settings_say_of_a_service_wins(tmp_path: Path) -> None:
    settings = "services:\n  payments:\n    tier: 2\n  shop:\n    depends_on: [payments]\n"
    policy = policy_of(
        read_file(written(tmp_path, CATALOG.replace("name: payments", "name: payments\n  title: Pay"), settings))
    )
    assert (policy.service("payments").tier, policy.service("payments").name) == (2, "Pay")
    assert policy.service("shop").depends_on == (Edge("payments"),)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("resource:orders", "resource:stock", 17, "`stock` is in none of `catalog_files`; add its file or remove"),
        ('"0.8"', '"1.8"', 12, "a share is from 0 to 1 and not 1.8"),
        ('"0.8"', "most", 12, "`most` is no number"),
        ("10m", "soon", 13, "`soon` is no span of time"),
        ("share.payments", "share.search", 12, "`search` is not in dependsOn"),
        ("firebell/vips", "firebell/vip", 10, "this annotation is not known. Known here: aliases"),
        ('"1200.5"', "much", 9, "`much` is no number"),
        ('"true"', "maybe", 11, '`maybe` is neither "true" nor "false"'),
        ('tier: "1"', 'tier: "12"', 8, "less than or equal to 9"),
        ("name: payments", "name: orders", 25, "`orders` stands in"),
        ("name: orders", "name: 9lives", 25, "`9lives` is no name that can be a key"),
        ("title: Checkout", "title: [", 7, "this is not valid YAML"),
    ],
)
def test_a_complaint_names_file_line_and_mend(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_file(written(tmp_path, CATALOG.replace(old, new)))
    assert f"catalog-info.yaml, line {line}: " in str(caught.value)
    assert said in str(caught.value)


def test_a_circle_through_imported_services_is_refused(tmp_path: Path) -> None:
    settings = "services:\n  payments:\n    depends_on: [check-out]\n"
    with pytest.raises(ConfigError, match="in a circle"):
        read_file(written(tmp_path, CATALOG, settings))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "firebell.yaml"
    file.write_text("catalog_files: [nowhere.yaml]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"nowhere\.yaml cannot be read"):
        read_file(file)
