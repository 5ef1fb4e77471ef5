"""Labels: where a text says who speaks, in any of the ways that people and templates write it.

A marker is a label (“### Prompt:”, “Q3.”, “<|im_start|>user”, `"question":`, “**Antwort**”) with the place where its
content begins. Roles come from a vocabulary of many languages, near misses of it, and alternation of unknown labels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from guards.integrity.normal import fold

Role = Literal["prompt", "response", "stage", "unknown"]
Kind = Literal["template", "qa", "people", "other"]

_ASKERS: dict[Kind, str] = {
    "template": """prompt user human instruction input request inquiry completion_prompt usr benutzer nutzer mensch
        anweisung eingabe usuario usuário entrada instrucción instrução utilisateur demande entrée utente richiesta
        gebruiker użytkownik пользователь человек запрос 用户 使用者 指令 输入 ユーザー 入力 사용자 입력 مستخدم
        kullanıcı användare bruger bruker käyttäjä uživatel felhasználó χρήστης משתמש pengguna उपयोगकर्ता
        người_dùng prompter""",
    "qa": """q question query ques quest problem ask asked frage f pregunta p domanda d pergunta vraag v
        pytanie вопрос 问 问题 提问 問 問題 質問 질문 문 سؤال س प्रश्न सवाल soru fråga spørgsmål spørsmål kysymys otázka
        kérdés ερώτηση שאלה pertanyaan câu_hỏi întrebare питання""",
    "people": """customer client patient caller student interviewer reader visitor me asker""",
}
_ANSWERERS: dict[Kind, str] = {
    "template": """response assistant ai bot output completion model gpt chatgpt llm chatbot asst assistent ausgabe
        asistente assistente salida saída réponse_ia sortie uitvoer asystent ассистент помощник 助手 助理 输出 回复
        アシスタント 出力 어시스턴트 출력 مساعد asistan avustaja asszisztens βοηθός עוזר asisten सहायक trợ_lý reply""",
    "qa": """a answer ans answered solution antwort respuesta r réponse reponse risposta resposta antwoord odpowiedź
        odp ответ 答 答案 回答 答え 答覆 답변 답 응답 إجابة جواب ج उत्तर जवाब cevap yanıt svar vastaus odpověď válasz
        απάντηση תשובה jawaban trả_lời răspuns відповідь advice""",
    "people": """agent doctor dr lawyer attorney expert advisor adviser representative support tutor teacher consultant
        professional interviewee""",
}
_SPEAKERS = ("prompt", "response")
_QUALIFIERS = frozenset(
    """example sample the my your users user's model expected correct good bad ideal final human ai first second next
    new customer patient client student expert doctor sample input output generated target gold suggested his
    her""".split()
)
_STAGES = "system context example sample demonstration explanation reasoning thought note tool scenario background case"


def _plain(text: str) -> str:
    return "".join(fold(character) for character in text).lower().strip()


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, tuple[Role, Kind]]:
    known: dict[str, tuple[Role, Kind]] = dict.fromkeys(_STAGES.split(), ("stage", "other"))
    sides: tuple[tuple[Role, dict[Kind, str]], ...] = (("response", _ANSWERERS), ("prompt", _ASKERS))
    for role, kinds in sides:
        for kind, names in kinds.items():
            for name in names.split():
                known[_plain(name.replace("_", " "))] = (role, kind)
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A label in a text."""

    start: int
    end: int
    """Where the label and its punctuation end and its content begins."""
    label: str
    """In lower case, without number and punctuation."""
    role: Role
    kind: Kind
    stop: int | None = None
    """Where the content ends, when the format says so; None: at the next marker."""


_LINE = re.compile(
    r"^[ \t]{0,40}+[^\w\s]{0,12}+[ \t]{0,4}+(?:\(?\d{1,4}+[.):\]]{0,2}+[ \t]{0,4}+)?+[^\w\s]{0,12}+[ \t]{0,4}+"
    r"(?P<label>[^\W\d_]{1,24}(?:[ '_/-][^\W\d_]{1,24}){0,2}?)"
    r"[ \t]{0,2}[#(\[]{0,2}(?:no\.? ?)?\d{0,4}[)\]]?(?P<sep>[ \t]{0,4}[^\w\s]{1,12}[ \t]{0,4}[^\w\s]{0,4}"
    r"|[ \t]{0,4}$)",
    re.MULTILINE | re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[:>=|\])}~-]|\*\*|__|\.")
_TOKEN = re.compile(
    r"<\|?(?:im_start|start_header_id|start_of_turn)\|?>[ \t]*(?P<who>[a-z]{2,12})(?:<\|?end_header_id\|?>)?[ \t]*\n?"
    r"|<\|(?P<bar>user|assistant|system|human|prompter|bot|model|end[a-z_]{0,12}|im_end|eot_id)\|>"
    r"|(?P<inst>\[/?INST\])|(?P<sys><</?SYS>>)|(?P<turn><end_of_turn>|</?s>)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?P<shut>/?)(?P<name>[^\W\d_]{1,24})(?P<more>[ \t][^<>\n]{0,120})?>")
_WHO = re.compile(r"(?<![\w-])(?:role|speaker|from|who|author)=[\"']?(\w{1,24})", re.IGNORECASE)
_INLINE = re.compile(
    r"(?:(?<=[.?!)\"'|;\]>])[ \t]{1,8}|(?<=[。？！])[ \t]{0,8}|[ \t](?=[*#A-Z]))[*#\[(<|]{0,4}[ \t]?"
    r"(?P<label>[^\W\d_]{1,16})[ \t]?\d{0,3}[)\]*>|]{0,4}[ \t]?[:：][ \t]?\*{0,2}"
)


def find_markers(text: str) -> list[Marker]:
    """All labels of a text in order. Linear in its length."""
    found = [*_tokens(text), *_tags(text)] if "<" in text or "[" in text else []
    found += _lines(text)
    found += _inline(text)
    found.sort(key=lambda marker: (marker.start, -marker.end))
    kept: list[Marker] = []
    for marker in found:
        if kept and marker.start < kept[-1].end:  # the same label, read in a second way
            unsaid = marker.role in _SPEAKERS and kept[-1].role not in _SPEAKERS
            if unsaid or (marker.stop is not None and kept[-1].stop is None and marker.role == kept[-1].role):
                kept[-1] = marker
            continue
        kept.append(marker)
    kept = _with_roles(kept)
    return [marker for at, marker in enumerate(kept) if marker.role != "stage" or _ends(kept, at)]


def _ends(markers: list[Marker], at: int) -> bool:
    """Whether a caption (“Example 3”, “Context:”) stands before a prompt, and not within an answer."""
    marker = markers[at]
    following = markers[at + 1] if at + 1 < len(markers) else None
    return marker.label.startswith("<") or bool(
        following and following.role == "prompt" and following.start - marker.end <= 40
    )


def _lines(text: str) -> Iterator[Marker]:
    for found in _LINE.finditer(text):
        separator = found["sep"]
        label = " ".join(found["label"].lower().replace("_", " ").replace("-", " ").split())
        role, kind = _known(label)
        decorated = found.start("label") - found.start() > 0
        if separator.strip():
            if not _SEPARATOR.search(separator) or (len(label) == 1 and separator.strip() == "'"):
                continue
            if "." in separator and ":" not in separator and (kind != "qa" or len(label) > 1):
                continue
            if len(label) == 1 and (
                "(" in found[0][: found.start("sep") - found.start()] or (label not in "qa" and ":" not in separator)
            ):
                continue  # an item of a list
        elif role == "unknown" or len(label) == 1 or not (decorated or found.end() < len(text)):
            continue
        if "/" in text[found.start() : found.start("label")] and "</" in text[found.start() : found.start("label")]:
            continue  # a closing tag
        yield Marker(start=found.start(), end=found.end(), label=label, role=role, kind=kind)


def _tokens(text: str) -> Iterator[Marker]:
    for found in _TOKEN.finditer(text):
        name = (found["who"] or found["bar"] or found["inst"] or found["sys"] or "end").lower()
        name = {"[inst]": "user", "[/inst]": "assistant", "human": "user", "prompter": "user"}.get(name, name)
        role: Role = {"user": "prompt"}.get(name, "response" if name in ("assistant", "bot", "model") else "stage")  # type: ignore[assignment]
        yield Marker(start=found.start(), end=found.end(), label=f"<{name}>", role=role, kind="template")


def _tags(text: str) -> Iterator[Marker]:
    """Tags with a role, by their name or an attribute, each with the place where it is closed."""
    waiting: dict[str, Marker] = {}
    for found in _TAG.finditer(text):
        tag = found["name"].lower()
        if tag in waiting:
            marker = waiting.pop(tag)
            yield replace(marker, stop=found.start()) if found["shut"] else marker
        if found["shut"]:
            continue
        who = _WHO.search(found["more"] or "")
        name = who[1].lower() if who else tag
        role, kind = _known(name)
        if role in _SPEAKERS and (len(name) > 1 or name in "qa"):
            waiting[tag] = Marker(start=found.start(), end=found.end(), label=f"<{name}>", role=role, kind=kind)
    yield from waiting.values()


def _inline(text: str) -> Iterator[Marker]:
    for found in _INLINE.finditer(text):
        label = found["label"].lower()
        role, kind = _known(label)
        if role in _SPEAKERS:
            yield Marker(start=found.start(), end=found.end(), label=label, role=role, kind=kind)


@lru_cache(maxsize=4096)
def _known(label: str) -> tuple[Role, Kind]:
    """The role of a label by the vocabulary: itself, its last or first word, or a slip of the pen away from it."""
    vocabulary = _vocabulary()
    folded = _plain(label)
    if folded in vocabulary:
        return vocabulary[folded]
    *before, last = folded.split() or [""]
    if before and len(last) > 2 and last in vocabulary and _QUALIFIERS.issuperset(before):
        return vocabulary[last]
    if 5 <= len(folded) <= 14 and " " not in folded:
        for name in vocabulary:
            if len(name) >= 5 and abs(len(name) - len(folded)) <= 1 and _slip(name, folded):
                return vocabulary[name]
    return "unknown", "other"


def _slip(right: str, written: str) -> bool:
    """Whether one letter too many, too few, wrong, or two exchanged make the difference."""
    if right == written:
        return True
    at = next(
        (i for i, (a, b) in enumerate(zip(right, written, strict=False)) if a != b), min(len(right), len(written))
    )
    rest, other = right[at:], written[at:]
    return (
        rest[1:] == other
        or rest == other[1:]
        or rest[1:] == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )


def _with_roles(markers: list[Marker]) -> list[Marker]:
    """Unknown labels that take turns, as known ones would, get the roles of those that speak and answer."""
    roles = Counter(marker.role for marker in markers)
    if roles["prompt"] and roles["response"]:
        return [marker for marker in markers if marker.role != "unknown"]
    often = Counter(marker.label for marker in markers)
    repeated = [marker for marker in markers if often[marker.label] > 1]
    names = [marker.label for marker in repeated]
    following = Counter(pair for pair in pairwise(names) if pair[0] != pair[1])
    for (first, second), times in following.most_common(1):
        if times >= 2 and following[second, first] >= 1:
            role_of: dict[str, Role] = {first: "prompt", second: "response"}
            if following[second, first] == times and names.index(second) < names.index(first):
                role_of = {second: "prompt", first: "response"}
            return [
                replace(marker, role=role_of[marker.label], kind="other")
                for marker in repeated
                if marker.label in role_of
            ]
    return [marker for marker in markers if marker.role != "unknown"]
