"""How a drill's page looks: on a wide screen, on a telephone, by day and night, and on paper."""

from __future__ import annotations

from scripts import page_frame

STYLE = (
    page_frame.BASE
    + """
body{overflow-wrap:break-word}p,li,dd,code,pre,.checks td{overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.85em}
code{white-space:pre-wrap}pre{white-space:pre-wrap;margin:.5rem 0}
.skip{position:absolute;left:-100rem}.skip:focus{left:1rem;top:1rem;background:Canvas;padding:.3rem .6rem}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
.verdict.met{border-color:var(--green)}.verdict.missed,.verdict.needs-operator{border-color:var(--red)}
.verdict ul{margin:.4rem 0;padding-left:1.2rem}
.rehearsal{border:2px dashed var(--amber);border-radius:.4rem;padding:.6rem 1rem;max-width:none}
.act{border:1px solid var(--red);border-radius:.4rem;padding:.6rem 1rem;margin:1rem 0}
.act code{display:block;padding:.3rem 0;user-select:all}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1rem 1.4rem;
margin:1.4rem 0}
.figures div{border-left:3px solid var(--line);padding-left:.8rem}
dt,.figures dd.soft{color:var(--soft);font-size:.85rem}dd{margin:0}
.figures dd:nth-child(2){font-size:1.6rem;line-height:1.25;font-variant-numeric:tabular-nums}
header code{white-space:nowrap}
.figures .mind{border-color:var(--amber)}.figures .mind dd:nth-child(2){color:var(--amber);font-weight:600}
.figures .bad{border-color:var(--red)}.figures .bad dd:nth-child(2){color:var(--red);font-weight:600}
.tag{border:1px solid currentColor;border-radius:1rem;padding:0 .55rem;font-size:.82rem;
display:inline-block;color:var(--soft);white-space:nowrap}
.tag.good{color:var(--green)}.tag.bad,.tag.critical,.tag.high{color:var(--red);font-weight:600}
.tag.medium{color:var(--amber)}
.findings{list-style:none;padding:0}
.findings li{border-left:3px solid var(--line);padding:.1rem 0 .1rem .9rem;
margin:.9rem 0;max-width:80ch}.todo::before{content:"→ ";color:var(--soft)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;margin:.6rem 0}
caption{text-align:left;color:var(--soft);font-size:.85rem;padding:.3rem 0}
th,td{border-top:1px solid var(--line);padding:.35rem .8rem .35rem 0;text-align:left;vertical-align:top}
th{font-weight:400}thead th{color:var(--soft);font-size:.85rem;border:0}
tbody th{min-width:7rem}.targets td:nth-child(4){width:32%}
.targets td:nth-child(2),.targets td:nth-child(3){white-space:nowrap}
.meter{position:relative;display:block;height:.7rem;margin:.45rem 0;background:var(--line)}
.meter b{position:absolute;inset:0 auto 0 0;background:var(--green)}.meter b.bad{background:var(--red)}
.meter i,.went i{position:absolute;
margin-left:-2px;top:-.25rem;bottom:-.25rem;border-left:2px solid currentColor}
.went{position:relative;display:flex;height:1.6rem;margin:1rem 0;background:var(--line)}
.went span{height:100%;border-right:2px solid Canvas}
.swatch{display:inline-block;width:.8rem;height:.8rem;margin-right:.5rem}
.p0{background:var(--amber)}.p1{background:var(--soft)}.p2{background:var(--blue)}.p3{background:var(--green)}
.parts td:last-child,.parts th:last-child{text-align:right;white-space:nowrap}
.seal{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.4rem}.seal div{display:contents}
summary{cursor:pointer;padding:.4rem 0;color:var(--blue)}
.timeline{margin:1rem 0 1.6rem}.timeline figcaption{margin-bottom:.5rem}
.timeline svg{display:block;width:100%;overflow:visible}
.lane,.over{display:grid;grid-template-columns:8rem minmax(0,1fr);column-gap:.8rem}
.lane>*{margin:.35rem 0}.lane{border-top:1px solid var(--line)}
.over>*{grid-column:2}.heads,.feet{position:relative;font-size:.8rem}
.heads span,.feet span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.heads span{font-weight:600}.feet{height:1.4rem;color:var(--soft)}
.name{font-size:.9rem;line-height:1.25}.name small{display:block}
.named .lane{grid-template-columns:12rem minmax(0,1fr)}.named .over{grid-template-columns:12rem minmax(0,1fr)}
.plain .lane,.plain .over{display:block}
.names span{display:block;font-size:.75rem;line-height:18px;height:18px;white-space:nowrap;overflow:hidden;
text-overflow:ellipsis;color:var(--soft)}
.phases{position:relative;height:1.3rem;font-size:.8rem;overflow:hidden}
.phases span{position:absolute;top:0;bottom:0;overflow:hidden;white-space:nowrap;
border-left:2px solid Canvas;background:var(--line);padding-left:.3rem}
.phases i{font-style:normal;line-height:1.3rem}
.phases .failing{box-shadow:inset 0 -3px var(--red)}
.phases .failed_over,.phases .verified,
.phases .data_moving,.phases .data_moved{box-shadow:inset 0 -3px var(--green)}
.phases .aborting,.phases .failing_back,.phases .needs_operator{box-shadow:inset 0 -3px var(--amber)}
svg path{fill:none}.primary{stroke:var(--blue);stroke-width:3}.standby{stroke:var(--green);stroke-width:7}
.failed{stroke:var(--red);stroke-width:11}.nobody{stroke:var(--amber);stroke-width:5}
.other{stroke:var(--soft);stroke-width:3}
.tick{stroke-width:12}.tick.failed{stroke-width:22}
.mark,.limit,.curve{vector-effect:non-scaling-stroke}
.mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}
.limit{stroke:var(--red);stroke-width:1.5;stroke-dasharray:6 4}
svg .area{fill:var(--blue);opacity:.45}svg .bar{stroke:none}
svg .bar.primary{fill:var(--blue)}svg .bar.standby{fill:var(--green)}svg .bar.failed{fill:var(--red)}
svg .bar.other{fill:var(--soft)}
.c0{color:var(--blue)}.c1{color:var(--green)}.c2{color:var(--amber)}.c3{color:var(--soft)}
.curve{stroke-width:2;stroke:currentColor}
.keys{margin:.4rem 0;font-size:.85rem;max-width:none}.key{margin-right:1.2rem;white-space:nowrap}
.key::before{content:"";display:inline-block;width:1.4rem;margin-right:.4rem;vertical-align:middle;
border-top:3px solid var(--blue)}
.key.standby::before{border-width:7px;border-color:var(--green)}
.key.failed::before{border-width:11px;border-color:var(--red)}
.key.nobody::before{border-width:5px;border-color:var(--amber)}
.marks{display:flex;flex-wrap:wrap;gap:.1rem 1.4rem;list-style:none;padding:0;margin:.3rem 0;font-size:.9rem}
@media (max-width:640px){body{padding:.6rem .8rem 2rem}
.lane,.named .lane{grid-template-columns:1fr}
.over,.named .over{grid-template-columns:1fr}.over>*{grid-column:1}
.lane>*{margin:0}.lane{padding:.4rem 0}.name small{display:inline;margin-left:.5rem}
.named .lane{grid-template-columns:5.5rem minmax(0,1fr);column-gap:.4rem}
.named .over{grid-template-columns:5.5rem minmax(0,1fr)}.named .over>*{grid-column:2}
.names span{font-size:.7rem}
.marks{display:block}.key{display:block}
.seal,.seal div{display:block}.seal dd{margin-bottom:.5rem}
table,tbody,tr,th,td,caption{display:block;width:auto}thead{position:absolute;left:-100rem}
tbody tr{border-top:1px solid var(--line);padding:.4rem 0}tbody th{font-weight:600}
tbody th,tbody td{border:0;padding:.1rem 0}.parts td:last-child{text-align:left}
.targets td:nth-child(4){width:auto}
table:not(.checks) td:not(:has(.meter)){display:inline-block;max-width:100%;margin-right:1.1rem}
th,td{overflow-wrap:anywhere}
td:empty{display:none}
td[data-name]:not([data-name=""])::before{content:attr(data-name) ": ";color:var(--soft);font-size:.85rem}}
@media print{@page{size:A4;margin:14mm 12mm}:root{color-scheme:light}
body{max-width:none;padding:0;font-size:11pt}.skip,figure+details{display:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.timeline,.verdict,.rehearsal,.figures,.findings li,tr,.lane,.went,.act{break-inside:avoid}
h2,h3,figcaption,thead,caption{break-after:avoid}#checkers .timeline{break-inside:avoid}}
"""
)
