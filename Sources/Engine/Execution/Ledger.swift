import Glibc
import Synchronization

/// Counts the bytes of the buffers that were made for somebody and are still there.
final class Ledger: Sendable {
  private let count = Atomic(0)

  var bytes: Int { count.load(ordering: .relaxed) }

  func add(_ bytes: Int) { count.wrappingAdd(bytes, ordering: .relaxed) }

  /// Whose buffers are being made.
  @TaskLocal static var current: Ledger?

  /// Buffers that the body makes belong to this ledger, for as long as they live.
  func counting<Result>(
    _ body: () throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    let result: Swift.Result<Result, EngineError> = Self.$current.withValue(self) {
      do throws(EngineError) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

/// What the machine has left.
enum Memory {
  /// Bytes that programs can have without others being put aside, as the kernel estimates it; no
  /// bound where it does not say.
  static var available: Int {
    guard let file = fopen("/proc/meminfo", "r") else { return .max }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let bytes = line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
      let text = String(decoding: bytes, as: UTF8.self)
      guard text.hasPrefix("MemAvailable:") else { continue }
      return Int(text.filter(\.isNumber)).map { $0 * 1024 } ?? .max
    }
    return .max
  }
}
