import Glibc

/// Keeps all threads of this process on one heap.
///
/// Each thread has one of its own else, which keeps the few megabytes that a list once needed.
/// Source: mallopt(3), `M_ARENA_MAX`, neither of which Swift shows.
func useOneHeap() {
  typealias Mallopt = @convention(c) (CInt, CInt) -> CInt
  guard let place = dlsym(nil, "mallopt") else { return }
  let mostHeaps: CInt = -8
  _ = unsafeBitCast(place, to: Mallopt.self)(mostHeaps, 1)
}
