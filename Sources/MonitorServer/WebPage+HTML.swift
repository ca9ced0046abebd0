extension WebPage.File {
    /// The frame of the page; the script fills it.
    static let html = WebPage.File(
        type: "text/html; charset=utf-8",
        text: """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Earwitness</title>
            <link rel="icon" href="icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="style.css">
            <script src="app.js" defer></script>
            </head>
            <body>
            <header>
            <h1>Earwitness</h1>
            <p id="connection" role="status" data-state="waiting">connecting…</p>
            </header>
            <main>
            <p id="problem" role="alert" hidden></p>
            <ul id="warnings" aria-label="Warnings"></ul>
            <section aria-labelledby="sources-title">
            <h2 id="sources-title">Now</h2>
            <div id="sources"></div>
            </section>
            <section aria-labelledby="events-title">
            <h2 id="events-title">Heard <small id="coverage"></small></h2>
            <table aria-labelledby="events-title">
            <thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Source</th>
            <th scope="col" class="number">Length</th><th scope="col" class="number">Score</th>
            <th scope="col" class="number">Level</th><th scope="col">Right?</th><th scope="col">Sound</th></tr></thead>
            <tbody id="events"></tbody>
            </table>
            <p id="nothing" hidden>Nothing heard yet.</p>
            </section>
            <section aria-labelledby="thresholds-title">
            <details>
            <summary id="thresholds-title">Thresholds</summary>
            <p>The score at which an event opens. A change is in force at once, and lasts. A class that is off
            is not reported until the configuration switches it on.</p>
            <div id="thresholds"></div>
            </details>
            </section>
            </main>
            <aside id="player" aria-label="Sound of an event" hidden>
            <span id="playing"></span>
            <audio id="audio" controls preload="none"></audio>
            </aside>
            <footer><p id="about"></p></footer>
            <noscript><p>This page needs JavaScript; the API at v1/ does not.</p></noscript>
            <template id="source-card">
            <article>
            <h3></h3>
            <p class="state"></p>
            <div class="meter" aria-hidden="true"><div class="bar"></div></div>
            <p class="level"></p>
            <p class="weighted"></p>
            <ol class="scores"></ol>
            </article>
            </template>
            </body>
            </html>

            """
    )
}
