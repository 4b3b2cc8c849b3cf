"""How a statement page looks, on a screen and on A4. The values are ours; nothing is loaded."""

STYLE = """
:root { color-scheme: light; --ink: #1c2430; --soft: #56606e; --line: #d5dae1; --wash: #f4f6f9;
  --deep: #1f4e79; --mid: #b9cfe4; --bad: #9b1c1c; --bad-wash: #fdf1f0; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 210mm; padding: 14mm 12mm; color: var(--ink); background: #fff;
  font: 10.5pt/1.45 "Segoe UI", "Helvetica Neue", Arial, "Noto Sans CJK SC", "PingFang SC",
  "Microsoft YaHei", sans-serif; }
h1 { font-size: 20pt; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 14pt; margin: 9mm 0 2mm; padding-bottom: 1mm; border-bottom: 2px solid
  var(--deep); }
h3 { font-size: 11pt; margin: 5mm 0 1.5mm; }
p { margin: 0 0 2mm; }
.head { display: flex; justify-content: space-between; align-items: flex-end; gap: 8mm;
  border-bottom: 1px solid var(--line); padding-bottom: 4mm; }
.kicker { color: var(--soft); margin: 0 0 1mm; }
.total { text-align: right; white-space: nowrap; }
.total strong { display: block; font-size: 19pt; line-height: 1.2; font-variant-numeric:
  tabular-nums; }
table { width: 100%; border-collapse: collapse; margin: 0 0 3mm; }
caption { text-align: left; font-weight: 600; padding: 0 0 1.5mm; }
th, td { text-align: left; vertical-align: top; padding: 1mm 2mm; border-bottom: 1px solid
  var(--line); }
thead th { color: var(--soft); font-weight: 600; font-size: 9pt; border-bottom: 1.5px solid
  var(--soft); }
tbody th { font-weight: 500; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.sum th, tr.sum td { font-weight: 700; border-bottom: 2px solid var(--ink); }
td.when { white-space: nowrap; }
td.minus { color: var(--bad); }
code { font: 9pt/1.4 "Cascadia Mono", Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC",
  monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
.stages { table-layout: fixed; } .stages th:nth-child(1) { width: 15%; }
.stages th:nth-child(2) { width: 43%; } .stages th:nth-child(4) { width: 16%; }
.stages th { overflow-wrap: anywhere; }
.small { font-size: 8.5pt; color: var(--soft); overflow-wrap: anywhere; }
.fault { background: var(--bad-wash); border-left: 4px solid var(--bad); padding: 2mm 3mm;
  margin: 2mm 0; }
.chart { width: 100%; height: auto; margin: 1mm 0;
  font: 11px "Segoe UI", Arial, "Noto Sans CJK SC", sans-serif; }
.chart .tier { fill: var(--mid); opacity: .55; } .chart .reached { fill: var(--deep); }
.chart .axis { stroke: var(--soft); stroke-width: 1; }
.chart .here { stroke: #b45309; stroke-width: 2; }
.chart .here-label { fill: #8a3f06; font-weight: 700; font-size: 12px; }
.chart .rate { fill: var(--ink); font-weight: 600; } .chart .tick { fill: var(--ink); }
.chart .small { fill: var(--soft); font-size: 10px; }
.chart .curve { fill: none; stroke: var(--deep); stroke-width: 2.5; }
.chart .point { fill: var(--deep); }
footer { margin-top: 8mm; padding-top: 2mm; border-top: 1px solid var(--line); }
a { color: var(--deep); }
@page { size: A4; margin: 14mm 12mm; }
@media print { body { padding: 0; max-width: none; font-size: 9.5pt; }
  h2, h3, caption { break-after: avoid; } tr, .chart, .fault { break-inside: avoid; }
  thead { display: table-header-group; }
  .tier, .reached, .fault { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
""".strip()
