/// Data elements ordered by tag: the content of a file or of one item of a sequence.
///
/// Values are kept as bytes in little endian order whatever the file had, and are turned into
/// text and numbers when asked for. Source: PS3.5 7.
public struct DataSet: Sendable, Equatable {
  /// One attribute with its value.
  public struct Element: Sendable, Equatable {
    public let tag: Tag
    public let vr: VR
    public let value: Value

    public init(tag: Tag, vr: VR, value: Value) {
      self.tag = tag
      self.vr = vr
      self.value = value
    }
  }

  /// What an element holds.
  public enum Value: Sendable, Equatable {
    case bytes([UInt8])
    case sequence([DataSet])
    /// Pixels stay in the file; this says where.
    case pixels(PixelReference)
  }

  /// All elements, in ascending order of their tags, each tag once.
  public private(set) var elements: [Element] = []

  /// The alphabets of the text in here; items of sequences inherit it.
  public internal(set) var characterSet: SpecificCharacterSet

  /// An empty data set to be filled, written in UTF-8.
  public init() { characterSet = .utf8 }

  init(characterSet: SpecificCharacterSet) { self.characterSet = characterSet }

  /// What was read, in any order; of two elements with one tag the first counts, as in DCMTK.
  init(read elements: [Element], characterSet: SpecificCharacterSet) {
    self.characterSet = characterSet
    let isAscending = elements.indices.dropFirst().allSatisfy {
      elements[$0 - 1].tag < elements[$0].tag
    }
    // Sorted once: a file in the wrong order must not cost the square of its elements.
    self.elements = isAscending ? elements : Self.sorted(elements)
  }

  private static func sorted(_ elements: [Element]) -> [Element] {
    let order = elements.indices.sorted { a, b in
      elements[a].tag == elements[b].tag ? a < b : elements[a].tag < elements[b].tag
    }
    var result: [Element] = []
    result.reserveCapacity(elements.count)
    for index in order where result.last?.tag != elements[index].tag {
      result.append(elements[index])
    }
    return result
  }

  public var isEmpty: Bool { elements.isEmpty }

  /// The element with this tag, if there is one; assigning nil removes it.
  public subscript(tag: Tag) -> Element? {
    get {
      let index = position(of: tag)
      return index < elements.count && elements[index].tag == tag ? elements[index] : nil
    }
    set {
      precondition(newValue.map { $0.tag == tag } ?? true, "an element is stored under its own tag")
      let index = position(of: tag)
      let isPresent = index < elements.count && elements[index].tag == tag
      switch (newValue, isPresent) {
      case (let element?, true): elements[index] = element
      case (let element?, false): elements.insert(element, at: index)
      case (nil, true): elements.remove(at: index)
      case (nil, false): break
      }
    }
  }

  public func contains(_ tag: Tag) -> Bool { self[tag] != nil }

  /// Where the tag is or would be.
  private func position(of tag: Tag) -> Int {
    guard let last = elements.last, last.tag >= tag else { return elements.count }
    var (low, high) = (0, elements.count)
    while low < high {
      let middle = (low + high) / 2
      if elements[middle].tag < tag { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Where the pixels of a file are.
public struct PixelReference: Sendable, Equatable {
  /// First byte of the value, counted from the start of the bytes that were parsed.
  public let offset: Int
  /// Bytes the file says the value has; for fragments, up to the end of the last one.
  public let length: Int
  /// The compressed pieces without the offset table; nil for plain pixels.
  public let fragments: [Range<Int>]?
  /// Whether the file ends before the value does.
  public let isTruncated: Bool

  public init(offset: Int, length: Int, fragments: [Range<Int>]? = nil, isTruncated: Bool = false) {
    self.offset = offset
    self.length = length
    self.fragments = fragments
    self.isTruncated = isTruncated
  }
}
