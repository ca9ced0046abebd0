extension WebPage.File {
    /// The looks of the page.
    static let style = WebPage.File(
        type: "text/css; charset=utf-8",
        text: """
            :root {
              --page: #f6f6f3; --card: #fff; --ink: #1d2321; --soft: #66706c; --line: #e0e2dd;
              --good: #2c7a5b; --warn: #a85b00; --bad: #b3261e; --bar: #2c7a5b; --rest: #b9c2bd;
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --page: #141816; --card: #1d2320; --ink: #e8ebe9; --soft: #98a39e; --line: #2e3632;
                --good: #6fc7a2; --warn: #f0b35c; --bad: #f2867d; --bar: #55b98f; --rest: #47524d;
              }
            }
            * { box-sizing: border-box; }
            body {
              margin: 0 auto; max-width: 62rem; padding: 1rem 1.25rem 3rem;
              background: var(--page); color: var(--ink);
              font: 16px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums;
            }
            header { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; }
            h1 { font-size: 1.35rem; margin: .3rem 0; letter-spacing: -.01em; }
            h2 { font-size: 1.05rem; margin: 1.8rem 0 .6rem; }
            h2 small { font-weight: normal; color: var(--soft); margin-left: .5rem; }
            h3 { font-size: 1rem; margin: 0; }
            p { margin: .25rem 0; }
            #connection::before { content: "●"; margin-right: .4rem; color: var(--soft); }
            #connection[data-state="live"]::before { color: var(--good); }
            #connection[data-state="lost"]::before { color: var(--bad); }
            #connection, footer, .state, .level, .weighted { color: var(--soft); font-size: .9rem; }
            #warnings { list-style: none; margin: 0; padding: 0; }
            #problem { color: var(--bad); font-weight: 600; }
            #warnings li {
              border-left: 4px solid var(--warn); background: var(--card);
              margin: .5rem 0; padding: .5rem .8rem; border-radius: 4px;
            }
            #sources { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); }
            article, table, details {
              background: var(--card); border: 1px solid var(--line); border-radius: 8px;
            }
            article { padding: .8rem 1rem; min-width: 0; }
            article h3, article p, #warnings li, #about { overflow-wrap: anywhere; }
            article[data-state="absent"] .state, article[data-state="fault"] .state { color: var(--bad); }
            .meter { height: 8px; border-radius: 4px; background: var(--line); overflow: hidden; margin: .6rem 0 .2rem; }
            .bar { height: 100%; width: 0; background: var(--rest); transition: width .12s linear; }
            article[data-gate="open"] .bar { background: var(--bar); }
            .scores { list-style: none; margin: .4rem 0 0; padding: 0; font-size: .9rem; min-height: 4.6rem; }
            .scores li { display: grid; grid-template-columns: 1fr 4rem 2.6rem; gap: .6rem; align-items: center; }
            .scores span:last-child { text-align: right; }
            progress { width: 100%; height: 6px; accent-color: var(--bar); }
            table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .92rem; }
            th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; }
            th, td { padding: .4rem .7rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
            tbody tr:last-child td { border-bottom: 0; }
            td.what, td.source { white-space: normal; overflow-wrap: anywhere; }
            .number { text-align: right; }
            tr.ongoing td { color: var(--good); font-weight: 600; }
            tr.wrong td.what { text-decoration: line-through; color: var(--soft); }
            button {
              font: inherit; font-size: .85rem; border: 1px solid var(--line); border-radius: 5px;
              background: transparent; color: inherit; padding: 0 .5rem; cursor: pointer; margin-right: .3rem;
            }
            button[aria-pressed="true"] { background: var(--good); border-color: var(--good); color: var(--card); }
            details { padding: .6rem 1rem; margin-top: 1.8rem; }
            summary { cursor: pointer; font-weight: 600; }
            #thresholds label { display: grid; grid-template-columns: 12rem minmax(0, 1fr) 3rem; gap: .8rem; align-items: center; padding: .15rem 0; }
            #thresholds input { width: 100%; margin: 0; }
            #thresholds span { overflow-wrap: anywhere; }
            #player {
              position: sticky; bottom: 0; display: flex; align-items: center; gap: 1rem; flex-wrap: wrap;
              background: var(--card); border: 1px solid var(--line); border-radius: 8px;
              padding: .5rem 1rem; margin-top: 1rem;
            }
            #player[hidden] { display: none; }
            #audio { flex: 1; min-width: 14rem; height: 2.2rem; }
            #nothing { color: var(--soft); }
            :focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }
            /* A row becomes two lines: what and what to do about it, then the rest in small. */
            @media (max-width: 52rem) {
              thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
              table, tbody { display: block; }
              tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: .15rem .8rem;
                padding: .55rem .8rem; border-bottom: 1px solid var(--line); }
              tbody tr:last-child { border-bottom: 0; }
              tr::before { content: ""; flex-basis: 100%; }
              td { padding: 0; border: 0; font-size: .85rem; color: var(--soft); }
              td.what, td.right, td.sound { order: -1; font-size: 1rem; }
              td.what { flex: 1; font-weight: 600; color: var(--ink); }
              td button { padding: .15rem .8rem; }
              td.right button:last-child { margin-right: 0; }
              td:empty { display: none; }
              td.score::before { content: "score "; }
            }
            @media (max-width: 40rem) {
              #thresholds label { grid-template-columns: 8rem minmax(0, 1fr) 3rem; }
            }

            """
    )
}
