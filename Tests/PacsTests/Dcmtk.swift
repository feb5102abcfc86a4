import Foundation
import TestSupport

/// Runs a program of DCMTK, as any hospital has them somewhere.
///
/// By its full path: a Python environment has others of the same names.
func run(_ name: String, _ arguments: String...) async throws -> Outcome {
  try await Tool(executable: URL(filePath: "/usr/bin/\(name)"), arguments: arguments).outcome()
}

/// Runs `secondlook-dicom`.
func secondlookDICOM(_ arguments: String...) async throws -> Outcome {
  try await Tool(executable: Receiver.executable, arguments: arguments).outcome()
}

/// Whether DCMTK's programs are installed.
let hasDCMTK = FileManager.default.fileExists(atPath: "/usr/bin/dcmsend")
