/// Places for arrays in one buffer, where arrays that are not alive together share a place.
struct Arena {
  /// First float of each array, a multiple of a cache line.
  let offsets: [Int]
  /// Floats of the whole buffer.
  let count: Int

  /// Arrays by their lifetime in steps, ends included, and their number of floats.
  init(_ arrays: [(life: ClosedRange<Int>, count: Int)]) {
    var offsets = [Int](repeating: 0, count: arrays.count)
    var total = 0
    var placed: [Int] = []
    // The largest first: small ones fit into the gaps that are left.
    let order = arrays.indices.sorted { (-arrays[$0].count, $0) < (-arrays[$1].count, $1) }
    for index in order {
      let size = arrays[index].count.rounded(to: Buffer.line)
      var offset = 0
      for other in placed.sorted(by: { offsets[$0] < offsets[$1] })
      where arrays[other].life.overlaps(arrays[index].life) {
        if offset + size <= offsets[other] { break }
        offset = max(offset, offsets[other] + arrays[other].count.rounded(to: Buffer.line))
      }
      offsets[index] = offset
      total = max(total, offset + size)
      placed.append(index)
    }
    self.offsets = offsets
    count = total
  }
}
