"""How the plan's page looks: on a wide screen, on a telephone, by day and night, and on paper."""

from __future__ import annotations

from scripts import page_frame

STYLE = (
    page_frame.BASE
    + """
body{overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
code,.value{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.88em}
.skip{position:absolute;left:-100rem}.skip:focus{left:1rem;top:1rem;background:Canvas;
padding:.3rem .6rem}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
a{color:var(--blue)}
nav ul,.findings,.why,.notes{padding:0;margin:.3rem 0;list-style:none}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem}
.verdict.stopped,.verdict.data,.verdict.gone{border-color:var(--red)}
.verdict.changed,.verdict.added,.verdict.nothing{border-color:var(--green)}
dl.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.5rem 1rem;margin:1rem 0}
dl.counts div{border-left:2px solid var(--line);padding-left:.7rem}
dt{color:var(--soft);font-size:.85rem}dd{margin:0}
dl.counts dd{font-size:1.3rem;font-variant-numeric:tabular-nums}
.approve{border:1px solid var(--line);border-radius:.4rem;padding:.6rem 1rem;margin:1rem 0}
.approve code{display:block;padding:.3rem 0;user-select:all}
.findings li{border-left:.2rem solid var(--line);padding:.2rem .7rem;margin:.4rem 0}
.findings .refused{border-color:var(--red)}.findings .waived{border-color:var(--amber)}
.bad{color:var(--red);font-weight:600}.mind{color:var(--amber);font-weight:600}
details{border-left:2px solid var(--line);margin:.35rem 0;padding-left:.8rem}
details details{margin-left:.2rem}
summary{cursor:pointer;padding:.25rem 0}
summary b{margin-right:.3rem}
.fate{white-space:nowrap;border:1px solid currentColor;border-radius:1rem;padding:0 .55rem;
font-size:.82rem;margin:0 .3rem}
.stopped>summary .fate,.data>summary .fate,.gone>summary .fate{color:var(--red);font-weight:600}
.outage>summary .fate,.perhaps>summary .fate,.brief>summary .fate{color:var(--amber)}
.changed>summary .fate{color:var(--blue)}.added>summary .fate{color:var(--green)}
.nothing>summary,.nothing .value,.nothing p{color:var(--soft)}
.within{padding-bottom:.4rem}.within p{margin:.3rem 0}
.findings .value{display:inline}
dl.made{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}
table{border-collapse:collapse;table-layout:fixed;width:100%;margin:.4rem 0}
th,td{border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}
th{font-weight:400;width:26%}thead th{color:var(--soft);font-size:.85rem;border:0}
.value{white-space:pre-wrap;display:block;max-height:16rem;overflow:auto}
.why{color:var(--soft);font-size:.9rem}.why li+li::before{content:"← "}
.why li{display:inline}
.calm{margin:.6rem 0}
main:has(.calm input:checked) details.added,main:has(.calm input:checked) details.nothing{display:none}
@media (max-width:640px){body{padding:.6rem .8rem 2rem}.fate{white-space:normal}
dl.made{display:block}table,tbody,tr,th,td{display:block;width:auto}thead{position:absolute;left:-100rem}
tbody tr{border-top:1px solid var(--line);padding:.3rem 0}tbody th{font-weight:600}
tbody th,tbody td{border:0;padding:.1rem 0}
tbody td::before{content:attr(data-name);color:var(--soft);font-size:.85rem}
details{padding-left:.5rem}}
@media print{:root{color-scheme:light}body{max-width:none}nav,.skip,.calm{display:none}
details::details-content{content-visibility:visible;block-size:auto}
.value{max-height:none;overflow:visible}details,tr{break-inside:avoid}summary{break-after:avoid}}
"""
)
