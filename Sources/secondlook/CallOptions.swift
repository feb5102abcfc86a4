import ArgumentParser
import Radiology

/// What a reader calls a study: one of two words, never both and never none.
struct CallOptions: ParsableArguments {
  @Flag(help: "Call the study normal.") var normal = false
  @Flag(help: "Call the study suspicious.") var suspicious = false

  var call: Call { normal ? .normal : .suspicious }

  func validate() throws {
    guard normal != suspicious else {
      throw ValidationError("Say either --normal or --suspicious.")
    }
  }
}
