import Foundation
import TestSupport
import Testing

/// A network of others is looked at before anybody thinks of using it.
@Suite struct InspectTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../OnnxImportTests/Fixtures").standardized

  private func fixture(_ name: String) -> String {
    Self.fixtures.appending(path: "\(name).onnx").path
  }

  @Test("a file that the engine runs is told by its maker, sizes and pace")
  func runs() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("model", "inspect", fixture("resnet18"))
    #expect(outcome.status == 0)
    #expect(outcome.output.contains(#/made by +pytorch 2/#))
    #expect(outcome.output.contains(#/input +image, float \? x 3 x 32 x 32/#))
    #expect(outcome.output.contains(#/parameters +10,709/#))
    #expect(outcome.output.contains(#/one image +[\d.]+ ms with 1 thread, [\d.]+ ms with \d+/#))
    #expect(outcome.output.hasSuffix("The engine runs it.\n"))
    // It is no business of the store.
    #expect(!FileManager.default.fileExists(atPath: program.home.path))
  }

  @Test("as JSON it is the same for a program")
  func json() async throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try await program.run("model", "inspect", fixture("resnet18"), "--json")
    #expect(outcome.status == 0)
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["runs"] as? Bool == true)
    #expect(report["parameters"] as? Int == 10_709)
    #expect(try #require(report["multiplications"] as? Int) > 0)
    #expect((report["obstacles"] as? [Any])?.isEmpty == true)
    #expect((report["operators"] as? [String: Int])?["Conv"] == 8)
    let pace = try #require(report["one_image"] as? [String: Any])
    #expect(try #require(pace["one_thread_ms"] as? Double) > 0)
  }

  @Test("an open size is asked for, and then taken")
  func size() async throws {
    let program = try Program()
    defer { program.clean() }
    let open = try await program.run("model", "inspect", fixture("unet"))
    #expect(open.status == 1)
    #expect(open.output.contains("it leaves the size of the image open; state one"))
    let stated = try await program.run("model", "inspect", fixture("unet"), "--size", "3x16x24")
    #expect(stated.status == 0)
    let senseless = try await program.run("model", "inspect", fixture("unet"), "--size", "3x0x24")
    #expect(senseless.status == 64)
  }

  @Test("what the engine cannot run is named with its node")
  func obstacle() async throws {
    let program = try Program()
    defer { program.clean() }
    let file = program.folder.appending(path: "changed.onnx")
    // Another operator of the same length, everywhere.
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: fixture("unet-bilinear"))))
    let (name, other) = (Array("Softmax".utf8), Array("Sofmaxt".utf8))
    for start in bytes.indices.dropLast(name.count)
    where Array(bytes[start..<start + name.count]) == name {
      bytes.replaceSubrange(start..<start + name.count, with: other)
    }
    try Data(bytes).write(to: file)
    let outcome = try await program.run("model", "inspect", file.path)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("The engine does not run it:"))
    #expect(outcome.output.contains(#/Sofmaxt of node \S+: not supported/#))
    let json = try await program.run("model", "inspect", file.path, "--json")
    #expect(json.status == 1)
    #expect(json.output.contains(#""operator" : "Sofmaxt""#))
  }

  @Test("bytes that are no model are refused in a sentence")
  func hostile() async throws {
    let program = try Program()
    defer { program.clean() }
    let file = program.folder.appending(path: "no.onnx")
    try Data("\u{1B}[2Jno model".utf8).write(to: file)
    let outcome = try await program.run("model", "inspect", file.path)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("The file is no whole ONNX model"))
    #expect(outcome.isPlain)
    let missing = try await program.run("model", "inspect", file.path + "x")
    #expect(missing.status == 1)
    #expect(missing.output.contains("The model file cannot be read"))
  }
}
