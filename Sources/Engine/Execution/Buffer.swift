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
    let memory: UnsafeMutableRawPointer?
    if bytes >= Self.largePage {
      let pages = Pages(bytes: bytes)
      memory = pages?.start
      self.pages = pages
    } else {
      memory = aligned_alloc(64, bytes)
      memory.map { _ = memset($0, 0, bytes) }
      pages = nil
    }
    guard let memory else { throw .outOfMemory(bytes: bytes) }
    start = memory.bindMemory(to: Float.self, capacity: room)
    self.count = room
    ledger = Ledger.current
    ledger?.add(bytes)
  }

  deinit {
    ledger?.add(-count * MemoryLayout<Float>.stride)
    if let pages { pages.unmap() } else { free(start) }
  }

  /// For whom it was made.
  private let ledger: Ledger?
  /// Memory straight from the system: zero already, and there only once it is touched.
  private let pages: Pages?

  private struct Pages {
    let start: UnsafeMutableRawPointer
    private let whole: UnsafeMutableRawPointer
    private let bytes: Int

    init?(bytes: Int) {
      // Large pages are fewer to look up; they begin where their size divides.
      let room = bytes + Buffer.largePage
      let flags = MAP_PRIVATE | MAP_ANONYMOUS
      guard let whole = mmap(nil, room, PROT_READ | PROT_WRITE, flags, -1, 0), whole != MAP_FAILED
      else { return nil }
      self.whole = whole
      self.bytes = room
      let place = (Int(bitPattern: whole) + Buffer.largePage - 1) & -Buffer.largePage
      start = whole + (place - Int(bitPattern: whole))
      // Only what is used as a whole: else the rest of the last page would be there too.
      madvise(start, bytes & -Buffer.largePage, MADV_HUGEPAGE)
    }

    func unmap() { munmap(whole, bytes) }
  }

  /// Floats of a cache line; places in a buffer start at multiples of it.
  static let line = 16
  private static let largePage = 2 << 20
}
