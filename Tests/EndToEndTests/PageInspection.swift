import Foundation
import Testing

/// What is wrong with how a page looks, found by the browser itself.
enum PageInspection {
    /// The widths that are tried, in CSS pixels, and day and night.
    static let windows: [(width: Int, isDark: Bool)] = [
        (360, false), (360, true), (800, false), (1_280, false), (1_280, true),
    ]

    /// An expression that lists what is wrong: nothing is wider than the window, no text is cut off or
    /// upon another, every text can be told from what is behind it.
    ///
    /// Contrast is reckoned as WCAG 2 does, from the colours of everything behind a text; at least
    /// 4.5 is asked for. What lies in a frame that can be scrolled may be wider than it.
    static let faults = #"""
        (() => {
          const faults = [];
          const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") +
            " '" + e.textContent.trim().slice(0, 40) + "'";
          const width = document.documentElement.clientWidth;
          if (document.scrollingElement.scrollWidth > width)
            faults.push(`the page is ${document.scrollingElement.scrollWidth} wide in ${width}`);
          const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgba = (colour) => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            return [r, g, b, a / 255];
          };
          const over = ([r, g, b, a], below) =>
            [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
          const luminance = (c) => c.map((v) => v / 255)
            .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const behind = (e) => {
            const layers = [];
            for (let at = e; at; at = at.parentElement)
              layers.push(rgba(getComputedStyle(at).backgroundColor));
            return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const boxes = new Map();
          while (walker.nextNode()) {
            const node = walker.currentNode;
            const e = node.parentElement;
            if (!node.data.trim() || e.closest("style, script, title, noscript, template")) continue;
            if (!e.checkVisibility({ visibilityProperty: true })) continue;
            // Said to those who hear the page only.
            if (getComputedStyle(e.closest("thead") ?? e).clipPath !== "none") continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            const box = range.getBoundingClientRect();
            if (box.width === 0) continue;
            const frame = e.closest(".scroll");
            if (!frame && (box.left < -0.5 || box.right > width + 0.5))
              faults.push(`${name(e)} reaches from ${box.left} to ${box.right} in ${width}`);
            for (let at = e; at && at !== frame; at = at.parentElement) {
              const style = getComputedStyle(at);
              if (style.display === "inline" || at === document.body || at instanceof SVGTextElement) continue;
              const outer = at.getBoundingClientRect();
              if (style.overflowX !== "visible" && (box.right > outer.right + 1 || box.left < outer.left - 1))
                faults.push(`${name(e)} is cut off by ${name(at)}`);
              if (style.overflowY !== "visible" && (box.bottom > outer.bottom + 1 || box.top < outer.top - 1))
                faults.push(`${name(e)} is cut off by ${name(at)}`);
            }
            const size = e instanceof SVGElement
              ? parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getScreenCTM().a
              : parseFloat(getComputedStyle(e).fontSize);
            if (size < 10) faults.push(`${name(e)} is ${size.toFixed(1)} pixels high`);
            const style = getComputedStyle(e);
            const ink = rgba(e instanceof SVGElement ? style.fill : style.color);
            const paper = behind(e);
            const [light, dark] = [luminance(over(ink, paper)), luminance(paper)].sort((a, b) => b - a);
            const contrast = (light + .05) / (dark + .05);
            if (contrast < 4.5) faults.push(`${name(e)} has a contrast of ${contrast.toFixed(2)}`);
            const drawing = e.closest("svg, .track");
            if (drawing) boxes.set(drawing, [...(boxes.get(drawing) ?? []), [e, box]]);
          }
          for (const texts of boxes.values()) texts.forEach(([e, a], i) => texts.slice(i + 1)
            .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
            .forEach(([other]) => faults.push(`${name(e)} lies upon ${name(other)}`)));
          for (const e of document.querySelectorAll("table"))
            if (!e.caption && !e.hasAttribute("aria-labelledby")) faults.push(`${name(e)} has no caption`);
          for (const e of document.querySelectorAll("th"))
            if (!e.scope) faults.push(`${name(e)} has no scope`);
          for (const e of document.querySelectorAll("main svg:not([aria-hidden]), [role=img], .scroll"))
            if (!e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
              faults.push(`${name(e)} has no name`);
          for (const e of document.querySelectorAll("button, input, summary, a"))
            if (e.checkVisibility() && !(e.textContent.trim() || e.labels?.[0]?.textContent.trim() ||
                e.getAttribute("aria-label"))) faults.push(`${name(e)} has no name`);
          const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
          if (new Set(ids).size < ids.length) faults.push("an id is there twice");
          return faults;
        })()
        """#
}

extension Browser {
    /// Lets axe-core look for what shuts people out: by day and night nothing serious may be found.
    func expectOpenToEverybody() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".build/axe-core/axe.min.js")
        guard let axe = try? String(contentsOf: path, encoding: .utf8) else {
            throw Failed(description: "No axe-core. Run Tests/EndToEndTests/fetch-axe")
        }
        for isDark in [false, true] {
            try show(width: 1_280, height: 800, isDark: isDark)
            _ = try value(of: axe + "; null")
            let found = try value(
                of: """
                    axe.run({ resultTypes: ["violations"] }).then((r) => r.violations
                      .filter((v) => ["serious", "critical"].includes(v.impact))
                      .map((v) => v.id + ": " + v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")))
                    """
            )
            #expect((found as? [String])?.isEmpty == true, "dark: \(isDark): \(found ?? "nothing")")
        }
    }

    /// Goes through the page with the Tab key: whatever can be used gets the focus.
    func expectThatTheKeyboardReachesEverything() throws {
        let controls = """
            [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
              .filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }))
            """
        let count = try value(
            of: """
                (() => { window.controls = \(controls); window.reached = new Set();
                  document.addEventListener("focusin", (e) => window.reached.add(e.target), true);
                  document.activeElement?.blur(); return window.controls.length; })()
                """
        )
        // What comes while the page is gone through has to be passed as well.
        for _ in 0..<((count as? Int ?? 0) + 30) { try press("Tab") }
        let left = try value(
            of: """
                window.controls.filter((e) => e.isConnected && e.checkVisibility() &&
                  !window.reached.has(e)).map((e) => e.outerHTML.slice(0, 160))
                """
        )
        #expect((count as? Int ?? 0) > 6 && (left as? [String])?.isEmpty == true, "\(left ?? "")")
    }
}
