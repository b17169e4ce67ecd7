"""The student: a small BERT with one pass for every head.

The encoder is MiniLM-L6 (BERT architecture: Devlin et al. 2019; Wang et al. 2020), written out so that query, key and
value are one product and the exported graph has no attention mask: windows run alone, without padding. The token-type
embedding carries each word's shape (data.shape), which shows case to an uncased vocabulary.
"""
import math

import torch, torch.nn as nn, torch.nn.functional as F
from safetensors.torch import load_file

import data as D

KINDS = ["none", "meeting", "call", "visit"]
STATUS = ["occurred", "planned", "possible", "not"]
TITLES = ["O", "B", "I"]
ROLES = ["participant", "place", "date", "holder", "body"]
# What a role filler can be: the seven name types, then what only points to a name.
FILLERS = D.TYPES + ["singular", "plural", "person", "group", "date"]
WIDTH = 48      # of each role's query and key
DISTANCES = 17  # see bucket()


def bucket(words, sentences):
    """The distance from a trigger to a role filler as one of DISTANCES classes.

    words: filler minus trigger, in words; sentences: likewise. In one sentence: before or after, by 0-3, 4-7, 8-15,
    16-31 and more words. Else: 1, 2, 3-4, more sentences before; 1, 2, more after.
    """
    if sentences == 0:
        n = abs(words); k = 0 if n < 4 else 1 if n < 8 else 2 if n < 16 else 3 if n < 32 else 4
        return k if words < 0 else 5 + k
    if sentences < 0: return 10 + (0 if sentences == -1 else 1 if sentences == -2 else 2 if sentences >= -4 else 3)
    return 14 + min(sentences, 3) - 1


class Layer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width); self.out = nn.Linear(width, width); self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner); self.down = nn.Linear(inner, width); self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x, mask):
        b, n, w = x.shape; d = w // self.heads
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, d).permute(2, 0, 3, 1, 4).unbind(0)
        a = (q * (1 / math.sqrt(d))) @ k.transpose(-1, -2)
        if mask is not None: a = a + mask
        a = a.softmax(-1) @ v
        x = self.norm1(x + self.out(a.transpose(1, 2).reshape(b, n, w)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Student(nn.Module):
    """ids, shapes [batch, pieces] => the heads' scores per piece (see heads())."""

    def __init__(self, width=384, layers=6, heads=12, inner=1536, vocabulary=30522, positions=512):
        super().__init__()
        self.word = nn.Embedding(vocabulary, width); self.position = nn.Embedding(positions, width); self.shape = nn.Embedding(4, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))
        self.names = nn.Linear(width, len(D.NAME_LABELS)); self.triggers = nn.Linear(width, len(KINDS))
        self.status = nn.Linear(width, len(STATUS)); self.titles = nn.Linear(width, len(TITLES))
        self.query = nn.Linear(width, len(ROLES) * WIDTH); self.key = nn.Linear(width, len(ROLES) * WIDTH)
        # Added to the pair products in Rust; exported beside the graph.
        self.distance = nn.Parameter(torch.zeros(DISTANCES, len(ROLES))); self.filler = nn.Parameter(torch.zeros(len(FILLERS), len(ROLES)))
        with torch.no_grad(): self.filler -= 2.0
        self.drop = nn.Dropout(0.1)

    def load_base(self, path):
        """Weights of a BERT model in safetensors form."""
        w = load_file(path); w = {k.removeprefix("bert."): v.float() for k, v in w.items()}
        e = "embeddings."
        self.word.weight.data.copy_(w[e + "word_embeddings.weight"]); self.position.weight.data.copy_(w[e + "position_embeddings.weight"])
        self.shape.weight.data[:] = w[e + "token_type_embeddings.weight"][0]
        pairs = [(self.norm, e + "LayerNorm")]
        for i, l in enumerate(self.layers):
            p = f"encoder.layer.{i}."
            for part in ("weight", "bias"):
                getattr(l.qkv, part).data.copy_(torch.cat([w[f"{p}attention.self.{n}.{part}"] for n in ("query", "key", "value")]))
            pairs += [(l.out, p + "attention.output.dense"), (l.norm1, p + "attention.output.LayerNorm"), (l.up, p + "intermediate.dense"),
                      (l.down, p + "output.dense"), (l.norm2, p + "output.LayerNorm")]
        for m, name in pairs:
            m.weight.data.copy_(w[name + ".weight"]); m.bias.data.copy_(w[name + ".bias"])

    def encode(self, ids, shapes, mask=None):
        """mask: [batch, pieces], 1 where there is a piece; None where nothing is padded."""
        n = ids.shape[1]
        x = self.norm(self.word(ids) + self.position.weight[:n] + self.shape(shapes))
        if mask is not None: mask = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for l in self.layers: x = l(x, mask)
        return x

    def forward(self, ids, shapes):
        """What is exported: names, triggers, status, titles (logits), query, key [batch, pieces, roles x WIDTH]."""
        h = self.encode(ids, shapes)
        # The product's square root of the width is folded into the query.
        return self.names(h), self.triggers(h), self.status(h), self.titles(h), self.query(h) / math.sqrt(WIDTH), self.key(h)


def batch(ws, pieces):
    n = max(len(w.ids) for w in ws) + 2
    ids = torch.full((len(ws), n), pieces.pad); mask = torch.zeros(len(ws), n); sh = torch.zeros(len(ws), n, dtype=torch.long)
    for b, w in enumerate(ws):
        k = len(w.ids); ids[b, 0] = pieces.cls; ids[b, 1:k + 1] = torch.tensor(w.ids); ids[b, k + 1] = pieces.sep
        mask[b, :k + 2] = 1; sh[b, 1:k + 1] = torch.tensor(w.shapes)
    return ids, sh, mask
