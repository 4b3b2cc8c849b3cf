"""The fixed words around an answer, in the languages an answer can be given in."""

from __future__ import annotations

from remit_api.cli.options import Language
from remit_engine.decision import Outcome

_WORDS: dict[str, tuple[str, str]] = {
    "answer": ("answer", "结论"),
    "as of": ("as of", "日期"),
    "on behalf of": ("on behalf of", "代表"),
    "limit": ("your limit", "权限"),
    "headroom": ("room left", "余量"),
    "excess": ("too much by", "超出"),
    "maximum": ("at most now", "目前最多"),
    "totals": ("running totals", "累计"),
    "total": (
        "{name}: {used} used of {limit}, {before} left before this, {after} after",
        "{name}：限额 {limit}，已用 {used}，本次前余 {before}，本次后余 {after}",
    ),
    "short": (
        "{name}: {used} used of {limit}, {before} left: {short} too little",
        "{name}：限额 {limit}，已用 {used}，余 {before}，不足 {short}",
    ),
    "missing": ("still to be said", "尚缺信息"),
    "needs": ("to be done first", "须先完成"),
    "done": ("{done} of {count} done", "已完成 {done}/{count}"),
    "typed": ("say it with: {words}", "补充输入：{words}"),
    "once done": ("once done, say so with: {words}", "完成后补充输入：{words}"),
    "say with": ("say it with", "补充输入"),
    "inside": ("inside", "限内"),
    "outside": ("outside", "限外"),
    "chain": ("who may", "有权者"),
    "endorses": ("endorses on the way", "须经手"),
    "depends": ("depends on {facts}", "取决于 {facts}"),
    "nobody": ("nobody holds this position", "此岗位无人担任"),
    "unknown": ("whoever holds it (no directory)", "任此岗位者(未提供人员名录)"),
    "obligations": ("to be done with it", "同时须办"),
    "rules": ("why", "依据"),
    "trace": ("what was compared", "比较过程"),
    "ignored": ("not used", "未使用"),
    "source": ("source: {source}", "出处：{source}"),
    "policy": ("policy", "政策"),
    "one of": ("one of {values}", "可选：{values}"),
    "position": ("position", "岗位"),
    "held by": ("held by", "任职者"),
    "may": ("may", "结论"),
    "depends on": ("depends on", "取决于"),
    "acting": ("acting", "代理"),
    "nobody may": ("nobody may do this on {day}", "{day} 无人有权决定"),
    "now": ("now", "目前"),
    "with steps": ("with steps done", "完成步骤后"),
    "used rules": ("rules", "依据"),
    "no maximum": ("the rules give no exact maximum", "规则未给出确切上限"),
    "no promise": ("nothing can be promised without {facts}", "缺少 {facts}，无法承诺"),
    "now and later": ("{now} now, {later} once steps are done", "目前{now}，完成步骤后{later}"),
    "matrix": ("who may do what, as of {day}", "权限一览，日期 {day}"),
    "no matrix": ("nobody has a right as of {day}", "{day} 无人有权限"),
    "no right": ("· no right", "· 无此权限"),
    "conditional": (
        ", * not always: a condition, a step to be done first or a bar (`remit may` shows it)",
        "，* 附有条件、前置步骤或禁止（用 `remit may` 查看）",
    ),
    "ask": (
        "facts are missing; an empty answer leaves one open, Ctrl-D stops asking",
        "尚缺信息；直接回车跳过一项，Ctrl-D 停止提问",
    ),
    "answered": ("{answered} of {rows} rows answered", "{rows} 行中已答复 {answered} 行"),
    "written": (", written to {out}", "，写入 {out}"),
    "errors": ("errors", "错误"),
    "first error": ("the first in row {row}: {error}", "首个错误在第 {row} 行：{error}"),
    "unused": (
        "not used: {name}, which the action does not know",
        "未使用：{name}，该事项无此信息",
    ),
    "such as": ("such as {example}", "例如 {example}"),
}
_OUTCOMES: dict[Outcome, tuple[str, str, str]] = {
    Outcome.PERMIT: ("yes", "准许", "bold green"),
    Outcome.NEEDS: ("yes, once steps are done", "完成步骤后准许", "bold yellow"),
    Outcome.ESCALATE: ("not you, but somebody else may", "须上报", "bold yellow"),
    Outcome.DENY: ("no", "不准", "bold red"),
    Outcome.INCOMPLETE: ("cannot be said yet", "信息不足", "bold cyan"),
    Outcome.UNDEFINED: ("the policy does not say", "制度未规定", "bold magenta"),
}


_ROLES = {
    "grants": "授权",
    "forbids": "禁止",
    "requires": "要求",
    "exceeded": "超限",
    "not met": "条件不符",
    "unset": "未定",
    "unknown": "未知",
}
_KINDS = {
    "percent": "百分比",
    "money": "金额",
    "number": "数字",
    "integer": "整数",
    "text": "文本",
    "boolean": "是否",
    "date": "日期",
    "duration": "天数",
    "months": "月数",
    "person": "人员",
    "position": "岗位",
}


def phrase(key: str, language: Language, **values: object) -> str:
    """A fixed phrase with its values filled in."""
    return _WORDS[key][language is Language.ZH].format(**values)


def verdict(outcome: Outcome, language: Language) -> tuple[str, str]:
    """An outcome in words, and its style."""
    english, chinese, style = _OUTCOMES[outcome]
    return (chinese if language is Language.ZH else english), style


def role(name: str, language: Language) -> str:
    """What a rule did to an answer."""
    return _ROLES.get(name, name) if language is Language.ZH else name


def kind(type: str, language: Language) -> str:
    """The type of a fact; a type of the policy keeps its name."""
    if language is not Language.ZH:
        return type
    simple, _, unit = type.partition(" in ")
    known = _KINDS.get(simple)
    return f"{known} {unit}".strip() if known else type


def listed(values: tuple[str, ...], language: Language) -> str:
    """Several names as one text."""
    return ("、" if language is Language.ZH else ", ").join(values)
