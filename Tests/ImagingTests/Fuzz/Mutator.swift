import TestSupport

/// Makes files that lie: small real ones with one to four changes where it hurts.
///
/// The same seed gives the same mutant as long as the real files are the same.
struct Mutator {
  private let specimens: [[UInt8]]

  /// Works from the shared files below 40 kB, which are of every transfer syntax.
  init() throws {
    specimens = try SharedFiles.index()
      .filter { (132..<40_000).contains(Int($0["bytes"] ?? "") ?? 0) }
      .map { try SharedFiles.bytes($0) }
  }

  func mutant(_ seed: UInt64) -> [UInt8] {
    var random = Seeded(seed)
    var mutation = Mutation(pick(&random))
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      mutation.change(&random, otherFile: pick(&random))
    }
    return mutation.bytes
  }

  private func pick(_ random: inout Seeded) -> [UInt8] {
    specimens[Int.random(in: 0..<specimens.count, using: &random)]
  }
}

/// A file on its way to become a mutant.
struct Mutation {
  private(set) var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Changes one thing.
  mutating func change(_ random: inout Seeded, otherFile: [UInt8]) {
    let anatomy = Anatomy(bytes)
    switch Int.random(in: 0..<16, using: &random) {
    case 0: changeLength(anatomy, &random)
    case 1: changeVR(anatomy, &random)
    case 2: changeTag(anatomy, &random)
    case 3: nest(anatomy, &random)
    case 4: removeDelimiter(anatomy, &random)
    case 5: changeTransferSyntax(anatomy, &random)
    case 6, 7, 8: changeImage(anatomy, &random)
    case 9: changeFragments(anatomy, &random)
    case 10, 11: changeCodestream(anatomy, &random)
    case 12: bytes.removeLast(Int.random(in: 0..<max(bytes.count, 1), using: &random))
    case 13: flip(&random)
    case 14: splice(anatomy, otherFile, &random)
    default: changeText(anatomy, &random)
    }
  }

  // MARK: Elements

  private mutating func changeLength(_ anatomy: Anatomy, _ random: inout Seeded) {
    guard let element = anatomy.elements.randomElement(using: &random) else { return }
    let (length, left) = (anatomy.number(element.length), bytes.count - element.value.lowerBound)
    let choices = [
      0, 1, 2, 7, 8, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000,
      0xffff_fffe, 0xffff_ffff, left, left - 1, left + 1, length - 1, length + 1, length - 2,
      length + 2, Int.random(in: 0...0xffff, using: &random),
    ]
    overwrite(
      element.length.lowerBound,
      anatomy.written(one(of: choices, &random), element.length.count))
  }

  private mutating func changeVR(_ anatomy: Anatomy, _ random: inout Seeded) {
    guard let place = anatomy.elements.compactMap(\.vr).randomElement(using: &random) else {
      return
    }
    let vrs = "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI"
    let choices = (vrs + " UL UN UR US UT UV ?? XX \0\0").split(separator: " ")
    overwrite(place, Array(one(of: choices, &random).utf8))
  }

  private mutating func changeTag(_ anatomy: Anatomy, _ random: inout Seeded) {
    guard let element = anatomy.elements.randomElement(using: &random),
      let other = anatomy.elements.randomElement(using: &random)
    else { return }
    let tags = [
      (0xfffe, 0xe000), (0xfffe, 0xe00d), (0xfffe, 0xe0dd), (0x7fe0, 0x0010), (0x7fe0, 0x0008),
      (0x0028, 0x3000), (0x0028, 0x3010), (0x0028, 0x1201), (0x5200, 0x9230), (0x6000, 0x3000),
      (other.group, other.number), (0x0009, 0x0010), (0, 0), (0xffff, 0xffff),
    ]
    let (group, number) = one(of: tags, &random)
    overwrite(element.start, anatomy.written(group, 2) + anatomy.written(number, 2))
  }

  /// Opens sequences and items that nothing closes, or that something does.
  private mutating func nest(_ anatomy: Anatomy, _ random: inout Seeded) {
    guard let element = anatomy.elements.randomElement(using: &random) else { return }
    let open = anatomy.written(0xffff_ffff, 4)
    let vr = anatomy.isExplicit ? Array("SQ".utf8) + [0, 0] : []
    let item = anatomy.written(0xfffe, 2) + anatomy.written(0xe000, 2) + open
    let sequence = anatomy.written(0x0040, 2) + anatomy.written(0xa730, 2) + vr + open + item
    let end =
      anatomy.written(0xfffe, 2) + anatomy.written(0xe00d, 2) + [0, 0, 0, 0]
      + anatomy.written(0xfffe, 2) + anatomy.written(0xe0dd, 2) + [0, 0, 0, 0]
    let depth = one(of: [1, 1, 2, 5, 47, 48, 49, 400], &random)
    if Bool.random(using: &random) {
      bytes.insert(
        contentsOf: repeatElement(end, count: depth).joined(), at: element.value.upperBound)
    }
    bytes.insert(contentsOf: repeatElement(sequence, count: depth).joined(), at: element.start)
  }

  private mutating func removeDelimiter(_ anatomy: Anatomy, _ random: inout Seeded) {
    let delimiters = anatomy.elements.filter { $0.group == 0xfffe }
    guard let delimiter = delimiters.randomElement(using: &random) else { return }
    bytes.removeSubrange(delimiter.start..<delimiter.start + 8)
  }

  /// Puts the rest of another file behind the beginning of this one.
  private mutating func splice(
    _ anatomy: Anatomy, _ other: [UInt8], _ random: inout Seeded
  ) {
    guard let cut = anatomy.elements.randomElement(using: &random)?.start,
      let rest = Anatomy(other).elements.randomElement(using: &random)?.start
    else { return }
    bytes.replaceSubrange(cut..., with: other[rest...])
  }

  private mutating func flip(_ random: inout Seeded) {
    guard !bytes.isEmpty else { return }
    for _ in 0..<Int.random(in: 1...16, using: &random) {
      // Most flips go where lengths and tags are: the first kilobytes.
      let end = Bool.random(using: &random) ? min(bytes.count, 4_096) : bytes.count
      bytes[Int.random(in: 0..<end, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
  }

  // MARK: Tools

  func one<Choices: Collection>(of choices: Choices, _ random: inout Seeded) -> Choices.Element {
    choices[
      choices.index(
        choices.startIndex, offsetBy: Int.random(in: 0..<choices.count, using: &random))]
  }

  /// Writes over what is there, as far as there is something.
  mutating func overwrite(_ start: Int, _ new: [UInt8]) {
    guard start < bytes.count else { return }
    let count = min(new.count, bytes.count - start)
    bytes.replaceSubrange(start..<start + count, with: new[..<count])
  }

  /// Puts other bytes where these are, however many.
  mutating func substitute(_ range: Range<Int>, _ new: [UInt8]) {
    bytes.replaceSubrange(range, with: new)
  }

  /// Gives an element another value, and its length with it.
  mutating func replace(_ anatomy: Anatomy, _ element: Anatomy.Element, with value: [UInt8]) {
    bytes.replaceSubrange(element.value, with: value)
    overwrite(
      element.length.lowerBound, anatomy.written(value.count, element.length.count))
  }
}
