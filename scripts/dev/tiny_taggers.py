"""Tiny tagging models of random weights, one of each kind that `--name-model` reads => tests/fixtures/taggers.

    python scripts/dev/tiny_taggers.py tests/fixtures/taggers      (needs torch, transformers 5, tokenizers)

Each folder is what Python's transformers reads: config.json, a vocabulary and model.safetensors. Beside them stands
expected.json: the pieces and logits of transformers itself for a few words, by which tests/rust_bert checks ours.
"""
import json, sys
from pathlib import Path

import torch, transformers as T
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

WORDS = ["Sergei", "Lavrov", "met", "Hakan", "Fidan", "in", "Ankara", "on", "Friday", ",", "NATO", "said", ".", "“", "Zürich", "U.S."]
BIO = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
SIZE = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, max_position_embeddings=100, initializer_range=0.4)


def word_pieces(lowercase):
    letters = "abcdefghijklmnopqrstuvwxyz" if lowercase else "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    words = ["met", "said", "in", "on", "friday", "lav", "##rov", "nato"] if lowercase else ["met", "said", "in", "on", "Friday", "Lav", "##rov", "NATO"]
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list(",.'“") + list(letters) + ["##" + c for c in letters] + words


def bert_tokenizer(vocab, lowercase):
    t = Tokenizer(models.WordPiece({w: i for i, w in enumerate(vocab)}, unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=lowercase); t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return t


def byte_tokenizer(special):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("m", "e"), ("me", "t"), ("Ġ", "met"), ("i", "n"), ("Ġ", "in"), ("Ġ", "L"), ("a", "v"), ("r", "o"), ("ĠL", "av")]
    vocab = special + alphabet + [a + b for a, b in merges]; ids = {w: i for i, w in enumerate(vocab)}
    t = Tokenizer(models.BPE(ids, merges)); t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True); t.decoder = decoders.ByteLevel()
    t.add_special_tokens(special)
    t.post_processor = processors.RobertaProcessing(("</s>", ids["</s>"]), ("<s>", ids["<s>"]), add_prefix_space=True)
    return t, ids, merges


def unigram_tokenizer(special):
    pieces = ["▁"] + [c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,.'“ü"] + ["▁met", "▁in", "▁Lav", "rov", "▁NATO"]
    vocab = [(s, 0.0) for s in special] + [(p, -float(i + 1) / 8) for i, p in enumerate(reversed(pieces))]; ids = {p: i for i, (p, _) in enumerate(vocab)}
    t = Tokenizer(models.Unigram(vocab, unk_id=ids["<unk>"])); t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    t.add_special_tokens(special)
    t.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", ids["<s>"]), ("</s>", ids["</s>"])])
    return t, vocab


def write(folder, config, model_class, tokenizer, files=None):
    """files: vocabulary files by name in place of tokenizer.json."""
    torch.manual_seed(len(folder.name)); folder.mkdir(parents=True, exist_ok=True)
    model = model_class(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "norm" in name.lower() and name.endswith("weight"): p.copy_(1 + 0.3 * torch.randn_like(p))
            elif name.endswith("bias"): p.copy_(0.3 * torch.randn_like(p))
    # Weights that are in the file are those that are compared: halves, to keep it small.
    state = {k: v.half().contiguous() for k, v in model.state_dict().items() if "position_ids" not in k}
    model.load_state_dict({k: v.float() for k, v in state.items()}, strict=False)
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(json.loads(config.to_json_string(use_diff=False)), indent=1) + "\n")
    if files is None: (folder / "tokenizer.json").write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False) + "\n")
    else:
        for name, text in files.items(): (folder / name).write_text(text)
    encoded = tokenizer.encode(WORDS, is_pretokenized=True)
    with torch.inference_mode(): logits = model(torch.tensor([encoded.ids])).logits[0]
    expected = {"words": WORDS, "ids": encoded.ids, "word_of": [-1 if w is None else w for w in encoded.word_ids], "logits": [[round(x, 5) for x in r] for r in logits.tolist()]}
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")
    print(folder, len(encoded.ids), sum(f.stat().st_size for f in folder.iterdir()))


def labels(names): return dict(id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)})


def main():
    out = Path(sys.argv[1])
    cased, uncased = word_pieces(False), word_pieces(True)
    write(out / "bert", T.BertConfig(vocab_size=len(cased), **SIZE, **labels(BIO)), T.BertForTokenClassification, bert_tokenizer(cased, False), {"vocab.txt": "\n".join(cased) + "\n"})
    write(out / "electra", T.ElectraConfig(vocab_size=len(uncased), embedding_size=8, **SIZE, **labels(["O", "B-PERSON", "I-PERSON", "B-GPE", "I-GPE", "B-DATE", "I-DATE"])),
          T.ElectraForTokenClassification, bert_tokenizer(uncased, True))
    write(out / "distilbert", T.DistilBertConfig(vocab_size=len(uncased), dim=16, n_layers=2, n_heads=2, hidden_dim=32, max_position_embeddings=100, initializer_range=0.4, **labels(["O", "PER", "ORG"])),
          T.DistilBertForTokenClassification, bert_tokenizer(uncased, True), {"vocab.txt": "\n".join(uncased) + "\n", "tokenizer_config.json": '{"do_lower_case": true}\n'})
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    byte, ids, merges = byte_tokenizer(special)
    write(out / "roberta", T.RobertaConfig(vocab_size=len(ids), type_vocab_size=1, **SIZE, **labels(["B-LOC", "B-ORG", "I-LOC", "I-ORG", "I-PER", "O"])), T.RobertaForTokenClassification, byte,
          {"vocab.json": json.dumps(ids, ensure_ascii=False) + "\n", "merges.txt": "#version: 0.2\n" + "\n".join(" ".join(m) for m in merges) + "\n"})
    unigram, vocab = unigram_tokenizer(special)
    write(out / "xlm-roberta", T.XLMRobertaConfig(vocab_size=len(vocab), type_vocab_size=1, **SIZE, **labels(BIO)), T.XLMRobertaForTokenClassification, unigram)

    # Version 2 here with all that version 3 does without.
    relative = dict(relative_attention=True, pos_att_type=["p2c", "c2p"], type_vocab_size=0)
    write(out / "deberta-v3", T.DebertaV2Config(vocab_size=len(vocab), position_buckets=8, norm_rel_ebd="layer_norm", share_att_key=True, position_biased_input=False, **relative, **SIZE, **labels(BIO)),
          T.DebertaV2ForTokenClassification, unigram)
    write(out / "deberta-v2", T.DebertaV2Config(vocab_size=len(vocab), embedding_size=8, position_biased_input=True, **relative, **SIZE, **labels(BIO)), T.DebertaV2ForTokenClassification, unigram)


if __name__ == "__main__":
    main()
