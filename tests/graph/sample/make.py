"""Makes graph.json beside it: a small graph in the program's own layout, with names that break careless writers."""
import json, pathlib

def entity(id, kind, name, aliases=(), country=None, at=None, part_of=None, articles=1, mentions=2):
    return dict(id=id, kind=kind, name=name, aliases=list(aliases), country=country, coordinates=at, part_of=part_of,
                articles=articles, mentions=mentions)

ENTITIES = sorted([
    entity("P1", "PER", "Sergei Lavrov", ["Lavrov", "Sergey Lavrov"], articles=4, mentions=11),
    entity("P2", "PER", "Marco Rubio", ["Rubio"], articles=3, mentions=6),
    entity("P3", "PER", "Donald Trump", ["Trump"], articles=2, mentions=5),
    entity("P4", "PER", "Hakan Fidan", ["Fidan"], articles=2, mentions=3),
    entity("P5", "PER", '=HYPERLINK("http://evil.example","click")'),
    entity("P6", "PER", 'O\'Neil, "Ann"\nSmith', ["a|b", 'C:\\']),
    entity("P7", "PER", "Bad\u0001Name\u001f\u0085"),
    entity("P8", "PER", "محمد بن سلمان", ["Mohammed bin Salman"]),
    entity("P9", "PER", "<b>&amp; ]]> 'x'\t\\"),
    entity("P10", "PER", "Ivan Lavrov", ["Lavrov"], articles=1, mentions=1),
    entity("O1", "ORG", "U.N. Security Council", ["Security Council"]),
    entity("G1", "GPE", "Riyadh", [], "SA", [24.68773, 46.72185], 14, 3, 4),
    entity("G2", "GPE", "Ankara", [], "TR", [39.91987, 32.85427], None, 2, 2),
    entity("G3", "GPE", "United States", ["U.S.", "America"], "US", [39.76, -98.5], None, 4, 9),
    entity("G4", "GPE", "Saudi Arabia", [], "SA", [25.0, 45.0], None, 2, 2),
    entity("G5", "LOC", "-1+2, \"Sea\"\nof =X"),
    entity("N1", "NORP", "Turkish"),
    entity("V1", "EVENT", "Munich Security Conference"),
], key=lambda e: e["id"])
AT = {e["id"]: i for i, e in enumerate(ENTITIES)}
for e in ENTITIES:
    if e["id"] == "G1": e["part_of"] = AT["G4"]

ARTICLES = [
    dict(id="a1", source="Agency", date="2025-02-19", title="Talks in Riyadh", url="https://example.org/1?a=1&b=2", path="a1.txt", copy_of=None),
    dict(id="a2", source="Daily", date="2025-02-19", title="Talks in Riyadh", url=None, path="a2.txt", copy_of=0),
    dict(id="a3", source="Gazette", date="2025-02-28", title='He said "no", =1+1', url=None, path="a3.txt", copy_of=None),
    dict(id="a4", source=None, date=None, title=None, url=None, path="sub/a4.html", copy_of=None),
]

def report(article, n, status, sentence, date=None, words=None, place=None, confidence=0.9, copy=False):
    return dict(article=article, encounter=f"a{article+1}#m{n}", status=status, date=date, date_words=words,
                place=None if place is None else AT[place], sentence=sentence, evidence=[0, len(sentence)],
                confidence=confidence, copy=copy)

def event(id, kind, status, actors, reports, place=None, date=None, confidence=0.9, conflicts=()):
    actors = [(a, None) if isinstance(a, str) else a for a in actors]
    actors = sorted((dict(entity=AT[a], words=w) for a, w in actors), key=lambda a: a["entity"])
    return dict(id=id, kind=kind, status=status, actors=actors, place=None if place is None else AT[place], date=date,
                confidence=confidence, conflicts=list(conflicts), reports=reports)

RIYADH = "Secretary of State Marco Rubio and Lavrov met in Riyadh on Tuesday."
EVENTS = [
    event("e01", "meeting", "occurred", ["P1", "P2"], [
        report(0, 1, "occurred", RIYADH, "2025-02-18", "Tuesday", "G1", 0.93),
        report(1, 1, "occurred", RIYADH, "2025-02-18", "Tuesday", "G1", 0.93, True),
        report(2, 1, "occurred", "Rubio met Lavrov last week.", "2025-02", "last week", None, 0.7)],
        "G1", "2025-02-18", 0.93, ["date: 2025-02-18 (2), 2025-02 (1)"]),
    event("e02", "call", "occurred", ["P1", "P2"], [report(2, 2, "occurred", "Lavrov spoke with Rubio by phone.", None, None, None, 0.8)], None, None, 0.8),
    event("e03", "meeting", "planned", ["P1", "P4"], [report(2, 3, "planned", "Lavrov is to meet Fidan in March.", "2025-03", "in March", "G2", 0.6)], "G2", "2025-03", 0.6),
    event("e04", "meeting", "occurred", ["P1", "P4"], [report(2, 4, "occurred", "On Monday Lavrov met Fidan in Ankara.", "2025-02-24", "On Monday", "G2", 0.85)], "G2", "2025-02-24", 0.85),
    event("e05", "meeting", "not", ["P1", "P2"], [report(3, 1, "not", "Lavrov did not meet Rubio in Munich.", None, None, None, 0.5)], None, None, 0.5),
    event("e06", "visit", "occurred", ["P2"], [report(0, 2, "occurred", "Rubio arrived in Riyadh on Monday.", "2025-02-17", "Monday", "G1", 0.9)], "G1", "2025-02-17"),
    event("e07", "meeting", "occurred", ["P5", "P6", "P7", "P8", "P9"], [report(3, 2, "occurred", '=cmd|"\n\u0002 x', None, None, "G5", 0.4)], "G5", None, 0.4),
    event("e08", "meeting", "occurred", ["P2", ("G3", "officials"), "P3"], [report(0, 3, "occurred", "Rubio and Trump met U.S. officials.", "2025-02-16/2025-02-17", "at the weekend", None, 0.75)], None, "2025-02-16/2025-02-17", 0.75),
    event("e09", "meeting", "possible", ["P3", "P8"], [report(2, 5, "possible", "Trump could meet the crown prince.", "2025", "this year", "G4", 0.55)], "G4", "2025", 0.55),
]

def office(person, title, of, articles, seen, sentence, confidence=0.9):
    return dict(person=AT[person], title=title, of=None if of is None else AT[of], articles=articles, seen=seen,
                sentence=sentence, confidence=confidence)

OFFICES = sorted([
    office("P1", "Foreign Minister", None, [2], ["2025-02-28", "2025-02-28"], "Foreign Minister Sergei Lavrov"),
    office("P2", "Secretary of State", "G3", [0, 2], ["2025-02-19", "2025-02-28"], "Secretary of State Marco Rubio"),
    office("P3", "President", "G3", [0], None, "President Donald Trump"),
    office("P4", "", "G2", [2], ["2025-02-28", "2025-02-28"], "Fidan of Ankara", 0.3),
], key=lambda o: (o["person"], o["title"], o["of"] or 0))

def line(x): return json.dumps(x, ensure_ascii=False, separators=(",", ":")).replace("\x7f", "\x7f")
parts = [f'"{name}":[\n' + ",\n".join(map(line, items)) + "]" for name, items in
         [("articles", ARTICLES), ("entities", ENTITIES), ("events", EVENTS), ("offices", OFFICES)]]
text = '{"schema":"whomet/graph","version":1,\n' + ",\n".join(parts) + "}\n"
pathlib.Path(__file__).with_name("graph.json").write_text(text, encoding="utf-8")
