import Glibc

/// Keeps all threads of this process on one heap, and large blocks off it.
///
/// Each thread has a heap of its own else, which keeps the few megabytes that a list once needed.
/// And what a decoded image was made from goes back to the system at once: glibc raises the size
/// from which on it does so with each large block that is freed, up to 32 MB.
/// Source: mallopt(3), `M_ARENA_MAX` and `M_MMAP_THRESHOLD`, none of which Swift shows.
func useOneHeap() {
  typealias Mallopt = @convention(c) (CInt, CInt) -> CInt
  guard let place = dlsym(nil, "mallopt") else { return }
  let mallopt = unsafeBitCast(place, to: Mallopt.self)
  let (mostHeaps, leastBytesMapped): (CInt, CInt) = (-8, -3)
  _ = mallopt(mostHeaps, 1)
  _ = mallopt(leastBytesMapped, 1 << 20)
}
