# Earwitness: make without a target lists the targets.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
BASHDIR ?= $(DATADIR)/bash-completion/completions
ZSHDIR ?= $(DATADIR)/zsh/site-functions
FISHDIR ?= $(DATADIR)/fish/vendor_completions.d
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
SYSCONFDIR ?= /etc
DESTDIR ?=

# The recordings that models are trained and measured on; docs/development.md says where they come from.
EARWITNESS_DATA ?= $(CURDIR)/.build/recordings
export EARWITNESS_DATA
# More folders of recordings for the model, and the published network that it begins with, with its labels.
EARWITNESS_SOUNDS ?=
YAMNET ?= yamnet.tflite
YAMNET_LABELS ?= yamnet_class_map.csv

STATIC := .build-static
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks

.DEFAULT_GOAL := help
.PHONY: help swift build run test-material test sanitize lint format recordings model soak compare static install uninstall deb test-deb clean

help: ## list the targets
	@echo "Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

swift:
	@command -v swift >/dev/null || { echo "Swift is missing. Install Swift 6.3 from https://www.swift.org/install/linux and run this again." >&2; exit 69; }

build: swift ## build a release, installing the Debian packages that are missing
	scripts/install-packages build
	swift build --configuration release --product earwitness

run: swift ## listen to this machine's microphone, or to the demo if there is none
	scripts/install-packages run
	@test -x .build/release/earwitness || echo "Building a release. The first time this takes about ten minutes on two cores; SwiftPM counts below." >&2
	swift build --configuration release --product earwitness
	@echo "Starting to listen; Ctrl-C ends it. Try in another terminal: scripts/here events, scripts/here status, scripts/here tail" >&2
	scripts/here run --demo-without-microphone

test-material: swift
	scripts/install-packages test
	Tests/NeuralNetworkTests/fetch-node-tests
	Tests/NeuralNetworkTests/make-networks
	Tests/NeuralNetworkTests/fetch-birdnet
	Tests/EndToEndTests/fetch-axe
	Tests/MonitorServerTests/fetch-schemathesis

test: test-material ## run all tests, installing what they need
	swift build --build-tests
	scripts/run-tests

sanitize: test-material ## run all tests under the thread sanitizer, then under the address sanitizer
	scripts/test-sanitized thread
	scripts/test-sanitized address

lint: swift ## check the form of Swift, shell and Python source
	scripts/install-packages lint
	scripts/lint

format: swift ## bring the Swift source into that form; shell and Python are left as they are
	swift format --in-place --recursive $(SWIFT_SOURCES)

recordings: ## fetch the recordings that models are trained and measured on
	scripts/fetch-recordings --output "$(EARWITNESS_DATA)"

soak: swift ## let the service listen for an hour at ten times real time and report memory, losses and latency
	scripts/install-packages build
	swift build --configuration release --product earwitness
	Benchmarks/soak

model: swift ## train the model that is shipped, from YAMNET, YAMNET_LABELS and its recipe
	scripts/install-packages build
	swift build --configuration release --product earwitness
	swift build --configuration release --product accuracy
	scripts/make-household-model "$(YAMNET)" "$(YAMNET_LABELS)" Models/household-2 "$(EARWITNESS_DATA)" $(EARWITNESS_SOUNDS)

compare: swift ## measure it beside its peers and write docs/performance.md, from YAMNET and YAMNET_LABELS
	scripts/install-packages test
	swift build --configuration release --product earwitness
	swift build --package-path Benchmarks --configuration release
	python3 -m venv .build/compare
	.build/compare/bin/pip install --quiet --requirement Benchmarks/compare/requirements.txt
	.build/compare/bin/python Benchmarks/compare/report.py --yamnet "$(YAMNET)" --labels "$(YAMNET_LABELS)"

STATIC_BUILD := swift build --configuration release --static-swift-stdlib --disable-local-rpath \
    -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now --scratch-path $(STATIC)

static: swift ## build the release that is installed: the Swift runtime is part of the program
	scripts/install-packages build
	$(STATIC_BUILD) --product earwitness
	scripts/make-documents $(STATIC)/release/earwitness $(STATIC)/documents

install: ## install what 'make static' built (PREFIX, DESTDIR)
	@test -x $(STATIC)/release/earwitness -a -d $(STATIC)/documents || \
	    { echo "Run 'make static' first." >&2; exit 69; }
	install -D -m 755 --strip $(STATIC)/release/earwitness $(DESTDIR)$(BINDIR)/earwitness
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man1 $(STATIC)/documents/man1/*
	install -D -m 644 -t $(DESTDIR)$(BASHDIR) $(STATIC)/documents/bash/earwitness
	install -D -m 644 -t $(DESTDIR)$(ZSHDIR) $(STATIC)/documents/zsh/_earwitness
	install -D -m 644 -t $(DESTDIR)$(FISHDIR) $(STATIC)/documents/fish/earwitness.fish
	install -D -m 644 systemd/earwitness.sysusers $(DESTDIR)$(SYSUSERSDIR)/earwitness.conf
	for file in Models/*/*; do \
	    install -D -m 644 $$file $(DESTDIR)$(DATADIR)/earwitness/models/$${file#Models/} || exit 1; \
	done
	install -D -m 644 Sources/System/CDemoRecording/ATTRIBUTION.md $(DESTDIR)$(DATADIR)/earwitness/demo.md
	install -D -m 644 config/fleet.sql $(DESTDIR)$(DATADIR)/earwitness/fleet.sql
	install -d $(DESTDIR)$(UNITDIR)
	sed 's|/usr/bin/earwitness|$(BINDIR)/earwitness|' systemd/earwitness.service \
	    > $(DESTDIR)$(UNITDIR)/earwitness.service
	chmod 644 $(DESTDIR)$(UNITDIR)/earwitness.service
	install -d $(DESTDIR)$(SYSCONFDIR)/earwitness
	test -e $(DESTDIR)$(SYSCONFDIR)/earwitness/earwitness.yaml || \
	    install -m 644 config/earwitness.yaml $(DESTDIR)$(SYSCONFDIR)/earwitness/earwitness.yaml
	@echo "Installed. To start it now and at every boot: systemd-sysusers && systemctl daemon-reload && systemctl enable --now earwitness" >&2

uninstall: ## remove what 'make install' installed, except the configuration and the history
	rm -f $(DESTDIR)$(BINDIR)/earwitness $(DESTDIR)$(UNITDIR)/earwitness.service \
	    $(DESTDIR)$(SYSUSERSDIR)/earwitness.conf $(DESTDIR)$(MANDIR)/man1/earwitness.1 \
	    $(DESTDIR)$(MANDIR)/man1/earwitness-*.1 $(DESTDIR)$(BASHDIR)/earwitness \
	    $(DESTDIR)$(ZSHDIR)/_earwitness $(DESTDIR)$(FISHDIR)/earwitness.fish
	rm -rf $(DESTDIR)$(DATADIR)/earwitness

deb: swift ## make a Debian package of the program
	scripts/install-packages package
	$(MAKE) --no-print-directory static
	scripts/make-deb

test-deb: ## install, use and purge that package on a clean Debian 12 (root, and a network)
	scripts/test-package

clean: ## remove what was built, and the history of 'make run'
	rm -rf .build $(STATIC) .build-thread .build-address
