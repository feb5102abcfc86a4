import Foundation
import TestSupport
import Testing

@Suite struct BenchTests {
  @Test(
    "a benchmark is an array of rows that say what, which network, how long and beside whom",
    arguments: [
      ["infer", "--network", "S", "--rounds", "1", "--json"],
      ["infer", "--int8", "--network", "S", "--rounds", "1", "--json"],
      ["--json"],
    ])
  func rows(words: [String]) async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run(Program.executable, ["bench"] + words)
    #expect(outcome.status == 0)
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    #expect(!rows.isEmpty)
    for row in rows {
      #expect(["infer", "infer int8", "train", "start"].contains(row["what"] as? String))
      #expect(["S", "chest"].contains(row["net"] as? String))
      #expect(try #require(row["batch"] as? Int) > 0)
      #expect(try #require(row["ours_ms"] as? Double) > 0)
      #expect((row["peers"] as? [String: Double])?.isEmpty == true)
      // Nobody was measured beside it.
      #expect(row["ratio_to_best"] is NSNull)
    }
  }

  @Test(
    "the benchmark of ingestion says how fast headers, objects and whole studies come in",
    .enabled(
      if: FileManager.default.fileExists(atPath: "/usr/bin/dcmsend"), "DCMTK sends the objects"))
  func ingestion() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run(
      "bench", "ingest", "--objects", "20", "--rounds", "1", "--json")
    #expect(outcome.status == 0, "\(outcome)")
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    let names = rows.compactMap { $0["what"] as? String }
    for name in ["headers", "received", "spool to worklist row", "file to triaged row, p95"] {
      #expect(names.contains(name))
    }
    #expect(rows.allSatisfy { ($0["ours"] as? Double ?? -1) >= 0 })
    let shares = rows.filter { ($0["what"] as? String)?.hasPrefix("of that,") == true }
    #expect(abs(shares.compactMap { $0["ours"] as? Double }.reduce(0, +) - 100) < 1)
  }

  @Test("the benchmark of delivery says how long a signed report takes and what each form costs")
  func delivery() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("bench", "deliver", "--reports", "3", "--json")
    #expect(outcome.status == 0, "\(outcome)")
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    let names = rows.compactMap { $0["what"] as? String }
    for name in ["folder", "FHIR server", "HL7 interface"] {
      #expect(names.contains("signed to delivered, \(name), p95"))
    }
    for name in ["sr, made", "fhir, size", "sc, made", "pdf, made"] {
      #expect(names.contains(name), "\(names)")
    }
    #expect(rows.allSatisfy { ($0["ours"] as? Double ?? -1) > 0 }, "\(rows)")
  }

  @Test("a network that is not there is named, and those that are")
  func unknown() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("bench", "infer", "--network", "XXL")
    #expect(outcome.status == 64)
    #expect(outcome.output.contains("XXL"))
    #expect(outcome.output.contains("R18"))
  }
}
