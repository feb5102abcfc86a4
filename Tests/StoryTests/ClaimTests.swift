import Foundation
import Radiology
import Store
import TestSupport
import Testing

/// Claims from the command line.
@Suite(
  "Claiming from a shell", .enabled(if: SharedFiles.hasImage, "SECONDLOOK_CONFORMANCE is not there")
)
struct ClaimTests {
  @Test("a study is claimed, refused to another, taken over with a reason and given back")
  func claim() async throws {
    let program = try Program()
    defer { program.clean() }
    _ = try await program.run("import", SharedFiles.image.path)
    let first = try await program.run("claim", "ACC0001", "--as", "Dr Osei")
    #expect(first.status == 0 && first.output.contains("Claimed by Dr Osei"), "\(first)")
    let again = try await program.run("claim", "ACC0001", "--as", "Dr Osei")
    #expect(again.status == 0, "the command that claimed it has ended: \(again)")
    let second = try await program.run("claim", "ACC0001", "--as", "Dr Patel")
    #expect(second.status != 0 && second.output.contains("open by Dr Osei"), "\(second)")
    let silent = try await program.run("claim", "ACC0001", "--as", "Dr Patel", "--take-over")
    #expect(silent.status != 0 && silent.output.contains("--because"), "\(silent)")
    let taken = try await program.run(
      "claim", "ACC0001", "--as", "Dr Patel", "--take-over", "--because", "it cannot wait")
    #expect(taken.status == 0 && taken.output.contains("Taken over by Dr Patel"), "\(taken)")
    let store = try Store(home: program.home)
    #expect(
      try store.audit().contains {
        $0.kind == .takenOver && $0.detail == "From Dr Osei: it cannot wait"
      })
    let others = try await program.run("claim", "ACC0001", "--as", "Dr Osei", "--release")
    #expect(others.status != 0, "nobody gives back what is another's")
    let free = try await program.run("claim", "ACC0001", "--as", "Dr Patel", "--release")
    #expect(free.status == 0 && free.output.contains("free"), "\(free)")
    let review = try await program.run("review", "ACC0001", "--normal", "--as", "Dr Osei")
    #expect(review.status == 0, "\(review)")
  }
}
