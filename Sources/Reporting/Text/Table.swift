/// A small table in a fixed-width font; one column takes what the others leave and wraps.
struct Table {
  let heads: [String]
  /// Which column wraps.
  let wide: Int
  let rows: [[String]]

  /// The lines, indented by two, each of at most `width` columns if the narrow columns permit.
  func lines(width: Int) -> [String] {
    var widths = heads.indices.map { column in
      ([heads] + rows).map { $0[column].columns }.max() ?? 0
    }
    let gaps = 2 * heads.count
    let others = widths.enumerated().reduce(0) { $0 + ($1.offset == wide ? 0 : $1.element) }
    widths[wide] = min(widths[wide], max(heads[wide].columns, width - gaps - others))
    return ([heads] + rows).flatMap { row in
      let wrapped = row[wide].wrapped(to: widths[wide])
      return wrapped.indices.map { index in
        var line = ""
        for column in row.indices {
          let own = index == 0 ? row[column] : ""
          let text = column == wide ? wrapped[index] : own
          line += "  " + text.padded(to: widths[column])
        }
        return String(line.reversed().drop { $0 == " " }.reversed())
      }
    }
  }
}
