import Glibc

/// Zeroed floats on a cache line boundary, padded to whole lines; freed with its last owner.
final class Buffer {
  let start: UnsafeMutablePointer<Float>
  /// Floats that may be used, a multiple of 16.
  let count: Int

  /// - Throws: ``EngineError/outOfMemory(bytes:)``.
  init(count: Int) throws(EngineError) {
    let room = max(count, 1).rounded(to: Self.line)
    let bytes = room * MemoryLayout<Float>.stride
    // Large buffers sit on large pages: fewer of them to look up.
    let isLarge = bytes >= Self.largePage
    var memory: UnsafeMutableRawPointer?
    let status = posix_memalign(&memory, isLarge ? Self.largePage : 64, bytes)
    guard status == 0, let memory else { throw .outOfMemory(bytes: bytes) }
    if isLarge { madvise(memory, bytes, Int32(MADV_HUGEPAGE)) }
    memset(memory, 0, bytes)
    start = memory.bindMemory(to: Float.self, capacity: room)
    self.count = room
  }

  deinit { free(start) }

  /// Floats of a cache line; places in a buffer start at multiples of it.
  static let line = 16
  private static let largePage = 2 << 20
}
