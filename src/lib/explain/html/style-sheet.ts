/** The page's style sheet: light and dark, on a screen and on paper. Contrast is at least that of WCAG's level AA. */
export const STYLE_SHEET = `
:root {
  --page: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --text: #1f2328; --soft: #57606a; --link: #0550ae;
  --good: #116329; --good-back: #dafbe1; --bad: #a40e26; --bad-back: #ffebe9; --warn: #7d4e00; --warn-back: #fff8c5;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --panel: #161b22; --line: #3d444d; --text: #e6edf3; --soft: #9da7b1; --link: #79c0ff;
    --good: #56d364; --good-back: #12261e; --bad: #ff8e87; --bad-back: #2d1517; --warn: #e3b341; --warn-back: #272115;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1.25rem 3rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
h1, h2, h3 { line-height: 1.25; margin: 0; }
h1 { font-size: 1.35rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; overflow-wrap: anywhere; }
h3 .direction { text-transform: uppercase; letter-spacing: .05em; font-size: .8em; color: var(--soft); margin-right: .5em; }
a { color: var(--link); }
code, pre, .name { font-family: var(--mono); font-size: .87em; }
code { overflow-wrap: anywhere; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem; }
.verdict { border: 1px solid; border-left-width: .4rem; border-radius: .4rem; padding: 1rem 1.25rem; }
.verdict p { margin: .5rem 0 0; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.verdict.good { background: var(--good-back); border-color: var(--good); }
.verdict.bad { background: var(--bad-back); border-color: var(--bad); }
.verdict.warn { background: var(--warn-back); border-color: var(--warn); }
.verdict p { color: var(--text); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.request { margin-top: 1rem; }
figure { margin: 0; overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--panel); padding: 1rem; }
figure svg { display: block; margin: 0 auto; }
figure .wide { max-width: 100%; height: auto; }
figure .narrow { display: none; }
@media screen and (max-width: 60rem) {
  figure { padding: .75rem .5rem; }
  figure .wide { display: none; }
  figure .narrow { display: block; }
}
.step { border: 1px solid var(--line); border-top-width: 0; background: var(--page); color: var(--text); }
.step:first-of-type { border-top-width: 1px; border-radius: .4rem .4rem 0 0; }
.step:last-of-type { border-radius: 0 0 .4rem .4rem; }
.step > summary { display: grid; grid-template-columns: 1rem 8.5rem minmax(0, 1fr) .8rem; gap: 0 .6rem; padding: .45rem .75rem; cursor: pointer; list-style: none; }
.step > summary::-webkit-details-marker { display: none; }
.step > summary::after { content: "▸"; color: var(--soft); }
.step[open] > summary::after { content: "▾"; }
.step > summary:hover { background: var(--panel); }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: -2px; }
.step:has(> .inside:target) { box-shadow: 0 0 0 2px var(--link); position: relative; }
.stage { color: var(--soft); }
.says { overflow-wrap: anywhere; }
.says .name { font-weight: 600; margin-right: .6em; }
.step.bad { background: var(--bad-back); } .step.warn { background: var(--warn-back); }
.inside { padding: .25rem .75rem .9rem 10.95rem; border-top: 1px solid var(--line); }
/* The line above it is seen, too. */
.inside { scroll-margin-top: 4rem; }
.inside > * { margin: .6rem 0 0; }
.inside h4, .branch h4 { font-size: .8rem; font-weight: 600; color: var(--soft); margin: .9rem 0 .2rem; }
.inside ul { padding-left: 1.1rem; }
.inside li { overflow-wrap: anywhere; }
.config { margin-top: .8rem; }
.config > summary { cursor: pointer; color: var(--soft); }
pre { margin: .4rem 0 0; padding: .75rem; max-height: 28rem; overflow: auto; background: var(--panel); border: 1px solid var(--line); border-radius: .3rem; line-height: 1.4; }
table { border-collapse: collapse; margin-top: .75rem; width: 100%; }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.name { overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--soft); font-size: .85rem; }
td.share, th.share { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.branch { border: 1px solid var(--line); border-radius: .4rem; margin-top: .6rem; padding: 0 .9rem; }
.branch > summary { padding: .6rem 0; cursor: pointer; overflow-wrap: anywhere; }
.branch[open] { padding-bottom: 1rem; }
.next { border-left: .25rem solid var(--link); padding: .1rem 0 .1rem 1rem; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; border-top: 1px solid var(--line); padding-top: .75rem; }
svg text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--text); }
svg .mono { font-family: var(--mono); }
svg .soft { fill: var(--soft); }
svg .lane { fill: none; stroke: var(--line); stroke-dasharray: 4 4; }
svg .card { fill: var(--page); stroke: var(--line); }
svg a:hover .card, svg a:focus .card { stroke: var(--link); stroke-width: 2; }
svg .card.good { fill: var(--good-back); stroke: var(--good); }
svg .card.bad { fill: var(--bad-back); stroke: var(--bad); }
svg .card.warn { fill: var(--warn-back); stroke: var(--warn); }
svg .other { stroke-dasharray: 5 4; fill: none; }
svg .wire { fill: none; stroke: var(--soft); stroke-width: 1.5; }
svg .wire.other { stroke-dasharray: 5 4; }
svg .tip { fill: var(--soft); }
@media (max-width: 40rem) {
  .step > summary { grid-template-columns: 1rem minmax(0, 1fr) .8rem; }
  .says { grid-column: 2; grid-row: 2; }
  .inside { padding-left: .75rem; }
}
@media print {
  @page { margin: 1cm; }
  body { max-width: none; padding: 0; font-size: 8pt; line-height: 1.25; }
  h1 { font-size: 13pt; } h2 { font-size: 11pt; margin: .8rem 0 .3rem; } h3 { font-size: 9.5pt; margin: .6rem 0 .2rem; }
  .skip { display: none; }
  .verdict { padding: .5rem .8rem; }
  .request { margin-top: .5rem; gap: 0 1rem; }
  h2, h3, summary { break-after: avoid; }
  figure { overflow: visible; break-inside: avoid; padding: .25rem; }
  figure .wide { width: auto; height: auto; max-width: 100%; max-height: 14cm; }
  .step > summary { padding: .06rem .5rem; }
  .step > summary::after { content: none; }
  .step, .branch, .verdict, tr { break-inside: avoid; }
  .inside { padding-top: 0; padding-bottom: .3rem; }
  table { margin-top: .3rem; } th, td { padding-top: .05rem; padding-bottom: .05rem; font-size: 7.5pt; }
  pre { max-height: none; white-space: pre-wrap; overflow-wrap: anywhere; }
  footer { margin-top: .5rem; padding-top: .2rem; font-size: 7.5pt; }
}
`;
