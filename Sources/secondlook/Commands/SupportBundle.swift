import Agent
import ArgumentParser
import Foundation
import Radiology
import Store

struct SupportBundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "support-bundle",
    abstract: "Writes what a maintainer needs to help, and nothing that names anybody.",
    discussion: """
      One JSON file: version, counts, what each stage last did, events by kind, reasons of \
      refusals, digests of models, and the configuration with every word in it left out. It has no \
      images, names, identifiers, addresses or paths, and is searched for everything in the store \
      that names a patient, an order or an image: if one is found, nothing is written.
      """)

  @OptionGroup var options: StoreOptions
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("File to write.", valueName: "file"), completion: .file())
  var output = "secondlook-support.json"

  func run() async throws {
    let store = try options.open().store
    let bundle = try SupportBundle(of: store, version: SecondLook.configuration.version)
    let place = URL(filePath: output)
    try bundle.write(to: place)
    try store.record(
      .exported, actor: "secondlook support-bundle", detail: "support bundle, no identity in it")
    say(place.path)
  }
}
