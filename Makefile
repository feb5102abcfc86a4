# SecondLook. On a fresh machine with Swift 6.3, `make demo` shows it and `make test` proves it;
# both install what they need first, after asking (YES=1 or CI=true says yes beforehand).

SHELL := /bin/bash
PREFIX ?= /usr/local
export SECONDLOOK_DATA ?= $(CURDIR)/../shared/data
export SECONDLOOK_CONFORMANCE ?= $(CURDIR)/../shared/conformance
export SECONDLOOK_ORACLES ?= $(CURDIR)/.build/oracles

# So many tests at a time: all at once, hundreds of programs share two cores, and what a test waits
# for comes after minutes. The variable is Swift Testing's own.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 8

# One configuration serves the program, the tests and the benchmarks, so that nothing is built
# twice; a module that imports what it does not declare is refused.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error
BIN := .build/release

# Only in test-federation: they take a minute or more beside all other tests.
LONG := CutUploadTests|StockCrowdTests

BUILD_PACKAGES := libncursesw5-dev libsqlite3-dev libpng-dev libdnnl-dev libdcmtk-dev \
	libopenjp2-7-dev libseccomp-dev libpango1.0-dev fonts-dejavu-core pkg-config
TEST_PACKAGES := dcmtk dicom3tools orthanc orthanc-dicomweb socat curl openssl tmux screen jq \
	poppler-utils fonts-droid-fallback python3-venv nginx-light
ORACLES := pydicom==3.0.2 highdicom==0.28.2 numpy pillow pylibjpeg==2.1.0 pylibjpeg-libjpeg==2.5.0 \
	pylibjpeg-openjpeg==2.6.0 pylibjpeg-rle==2.2.0 pyjpegls==1.5.1 fhir.resources==8.3.0 \
	fhirpathpy==2.2.4 fhirkit-rs==0.1.0 hl7apy==1.3.5 flwr==1.41.0 dp-accounting==0.6.0

.PHONY: help demo test test-pacs test-reports test-federation build lint format bench screens install uninstall oracles clean

help: ## Lists these targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

# $(call install,PACKAGES): installs what is missing of them, after asking.
define install
	@missing=(); for package in $(1); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q '^install ok' \
	    || missing+=($$package); \
	done; \
	if [ $${#missing[@]} -gt 0 ]; then \
	  echo "SecondLook needs these Debian packages: $${missing[*]}"; \
	  if [ -z "$(YES)" ] && [ "$(CI)" != true ] && [ -t 0 ]; then \
	    read -rp "Install them now? [y/N] " answer; \
	    [[ $$answer == [yY]* ]] || { echo "Nothing was changed."; exit 1; }; \
	  fi; \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq \
	    && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	      --no-install-recommends "$${missing[@]}" > /dev/null; \
	fi
endef

build: ## Builds the program
	$(call install,$(BUILD_PACKAGES))
	swift build $(SWIFT_FLAGS)

demo: build ## Watch three made-up hospitals learn together, then read their worklist
	@$(BIN)/secondlook demo $(DEMO)

test: ## Everything that has to hold: style, build, tests, conformance
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@$(MAKE) --no-print-directory oracles lint
	swift build --build-tests $(SWIFT_FLAGS)
	@if [ "$(CI)" = true ] && ! [ -d "$(SECONDLOOK_DATA)/chest" ]; then \
	  echo "CI may skip no test, and there are no images at SECONDLOOK_DATA."; exit 1; fi
	@set -o pipefail; swift test --skip-build $(SWIFT_FLAGS) --skip '$(LONG)' 2>&1 | tee .build/test.log \
	  | grep -vE '^(◇|✔ (Test|Suite) |Test Suite |.*Executed 0 tests)' || exit 1
	@# The run's own count: tests of the terminal take the output for themselves while they run.
	@skipped=$$(grep -cE '^➜ .*skipped' .build/test.log); \
	all=$$(sed -nE 's/^✔ Test run with ([0-9]+) tests .* passed .*/\1/p' .build/test.log); \
	echo "$$((all - skipped)) passed, 0 failed, $$skipped skipped"; \
	if [ "$(CI)" = true ] && [ "$$skipped" -gt 0 ]; then \
	  grep -E '^➜ .*skipped' .build/test.log; echo "CI may skip no test."; exit 1; fi

test-pacs: ## What is spoken with real peers: receiving, echo, worklist, TLS
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	swift build --build-tests $(SWIFT_FLAGS)
	swift test --skip-build $(SWIFT_FLAGS) --filter PacsTests

test-reports: ## What leaves: documents in every form, what others say of them, their delivery
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@$(MAKE) --no-print-directory oracles
	swift build --build-tests $(SWIFT_FLAGS)
	swift test --skip-build $(SWIFT_FLAGS) \
	  --filter 'ReportingTests|ExporterTests|PageTests|Acknowledgement|Deliver|Outbox|Destination' \
	  --filter 'ReportsOut|StoringTests|HL7Interface|FHIRServer|RetryRule|DocumentsTests'

test-federation: ## What is learned with others: Flower's wire, stock nodes, faults, the proxy
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@$(MAKE) --no-print-directory oracles
	swift build --build-tests $(SWIFT_FLAGS)
	swift test --skip-build $(SWIFT_FLAGS) --filter 'FederationTests|SimulationTests|WireTests'

lint: ## Checks the style of every Swift file
	swift format lint --strict --recursive Sources Tests Package.swift

format: ## Brings every Swift file into style
	swift format --in-place --recursive Sources Tests Package.swift

bench: build ## Measures speed and memory beside PyTorch, ONNX Runtime and OpenVINO
	$(call install,python3-venv)
	@$(BIN)/secondlook bench infer --peers $(BENCH)
	@$(BIN)/secondlook bench train --peers $(BENCH)
	$(call install,dcmtk orthanc)
	@$(BIN)/secondlook bench ingest --peers

screens: build oracles ## Captures the main screens for the README
	$(call install,tmux fonts-dejavu-core)
	@.build/oracles/bin/python assets/screens/capture.py $(BIN)/secondlook assets/screens

# Programs that say what is right: they read the DICOM, FHIR and HL7 that SecondLook writes.
oracles: .build/oracles/ready
.build/oracles/ready: Makefile
	$(call install,python3-venv)
	@mkdir -p .build && python3 -m venv .build/oracles
	@.build/oracles/bin/pip install --quiet --disable-pip-version-check $(ORACLES) && touch $@

install: build ## Installs under PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/man/man7 \
	  $(DESTDIR)$(PREFIX)/share/secondlook
	install -m 755 $(BIN)/secondlook $(BIN)/secondlook-dicom $(BIN)/secondlook-dimse \
	  $(BIN)/secondlook-page $(DESTDIR)$(PREFIX)/bin
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	cp -R assets/. $(DESTDIR)$(PREFIX)/share/secondlook

uninstall: ## Removes what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/secondlook $(DESTDIR)$(PREFIX)/bin/secondlook-dicom \
	  $(DESTDIR)$(PREFIX)/bin/secondlook-dimse $(DESTDIR)$(PREFIX)/bin/secondlook-page
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/secondlook.1 \
	  $(DESTDIR)$(PREFIX)/share/man/man1/secondlook-dicom.1 \
	  $(DESTDIR)$(PREFIX)/share/man/man1/secondlook-page.1 \
	  $(DESTDIR)$(PREFIX)/share/man/man7/secondlook-conformance.7
	rm -rf $(DESTDIR)$(PREFIX)/share/secondlook

clean: ## Removes what was built
	rm -rf .build
