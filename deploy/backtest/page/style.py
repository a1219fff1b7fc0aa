"""How the page looks, by day and by night: the colours are those of the demo's pictures."""

STYLE = """
:root { --paper: #ffffff; --ink: #22302a; --quiet: #66756d; --grid: #e6ebe8; --card: #f7f9f8;
  --green: #2f7d5b; --amber: #d9822b; --blue: #3b6ea5; --red: #b4463c; }
@media (prefers-color-scheme: dark) { :root { --paper: #14191a; --ink: #e7ece9; --quiet: #93a19a;
  --grid: #2a3331; --card: #1b2223; --green: #58b389; --amber: #e8a15a; --blue: #7ba9db; --red: #e0786d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 2.8rem 0 .2rem; }
p { margin: .3rem 0 .8rem; max-width: 46rem; }
.quiet { color: var(--quiet); }
.lead { font-size: 1.15rem; max-width: 50rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .9rem;
  margin: 1.6rem 0 .5rem; }
.figure { background: var(--card); border-radius: .8rem; padding: 1rem 1.1rem; }
.figure b { display: block; font-size: 1.9rem; line-height: 1.15; font-weight: 650; }
.figure span { color: var(--quiet); font-size: .87rem; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 0 2rem; }
.notice { background: var(--card); border-left: .3rem solid var(--amber); padding: .9rem 1.2rem;
  border-radius: .3rem; margin: 1.4rem 0; }
svg { display: block; width: 100%; height: auto; overflow: visible; margin: .4rem 0; }
svg text { fill: var(--quiet); font-size: 11px; font-family: inherit; }
svg .name { fill: var(--ink); font-size: 12px; }
svg .grid { stroke: var(--grid); } svg .axis { stroke: var(--quiet); stroke-opacity: .5; }
.green { fill: var(--green); } .amber { fill: var(--amber); } .blue { fill: var(--blue); }
.red { fill: var(--red); } .pale { fill: var(--grid); }
.line { fill: none; stroke-width: 2.2; } .sgreen { stroke: var(--green); } .samber { stroke: var(--amber); }
.sblue { stroke: var(--blue); } .squiet { stroke: var(--quiet); stroke-dasharray: 3 4; stroke-width: 1.4; }
svg text.tamber { fill: var(--amber); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--quiet); font-weight: 500; }
th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
td.n, th.n { text-align: right; white-space: nowrap; } td.w { white-space: nowrap; }
.tag { border-radius: 1rem; padding: .05rem .6rem; font-size: .8rem; white-space: nowrap;
  border: 1px solid currentColor; }
.tag.right { color: var(--green); } .tag.wrong { color: var(--red); }
.tag.open, .tag.no { color: var(--quiet); }
details { margin-top: .8rem; } summary { cursor: pointer; color: var(--quiet); }
footer { margin-top: 3rem; color: var(--quiet); font-size: .85rem; }
@media print { main { max-width: none; } details { display: none; } }
"""
