import Radiology

/// One image, which can be read, and nothing more is expected.
let whole = Completeness(instances: 1, readable: 1)

/// Ten pixels a side, at the origin of image `i`.
var square: Region {
  guard let region = try? Region(instance: "i", x0: 0, y0: 0, x1: 10, y1: 10) else {
    preconditionFailure("ten pixels a side are an area")
  }
  return region
}
