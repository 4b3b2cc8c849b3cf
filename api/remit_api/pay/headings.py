"""The headings of a pay page in the languages of its readers."""

from __future__ import annotations

CHINESE = {
    "Pay statement": "薪酬单",
    "Pay": "薪酬",
    "Not complete, see below": "尚不完整,见下",
    "To be paid": "应付",
    "Owed by you": "应退",
    "This cannot be computed.": "无法计算。",
    "Where you stand": "当前位置",
    "Summary": "汇总",
    "Credit": "业绩",
    "Quota": "指标",
    "Entitled": "应得",
    "Held back, or released": "暂扣或释放",
    "Reversed, or restored": "冲回或恢复",
    "Guarantee": "保底",
    "Advance (draw)": "预支",
    "Recovered from the draw": "扣回预支",
    "Due": "本期应付",
    "Still owed of advances": "尚欠预支",
    "Lines": "明细",
    "Line": "单据",
    "Day": "日期",
    "Earned": "所得",
    "Tiers": "档位",
    "Share of what is paid": "所占份额",
    "Held, released and reversed": "暂扣、释放与冲回",
    "What happened": "变动",
    "Counted in": "计入期间",
    "Amount": "金额",
    "held back": "暂扣",
    "released": "释放",
    "reversed": "冲回",
    "restored": "恢复",
    "How it was computed": "计算过程",
    "Stage": "步骤",
    "Rule": "规则",
    "What it read": "依据",
    "Result": "结果",
    "Corrections of closed periods": "已结期间的更正",
    "What was closed stays; the difference is paid now": "已结的不改,差额在本期支付",
    "Plan": "方案",
    "Period": "期间",
    "Why": "原因",
    "Difference": "差额",
    "Everybody": "全体",
    "Person": "人员",
    "All": "合计",
}


def heading(text: str, language: str) -> str:
    """A heading in a language; in English where we have no other. A `>` at its end stays."""
    if language != "zh":
        return text
    bare = text.removesuffix(">")
    return CHINESE.get(bare, bare) + text[len(bare) :]
