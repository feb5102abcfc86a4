/// What keeps a study from being called normal.
struct Doubts {
  private let images: Int
  private var sentences: [String] = []

  /// Doubts about a study of so many images, of which so many could not be read, and of which an
  /// archive has more that have not arrived.
  init(images: Int, unread: Int, missing: Int) {
    self.images = images
    if missing > 0 {
      add("\(missing) more \(missing == 1 ? "image has" : "images have") not arrived.")
    }
    if unread > 0 { add("\(unread) of \(images) images could not be read.") }
  }

  /// Adds a sentence, unless another image was doubted with the same words.
  mutating func add(_ sentence: String) {
    if !sentences.contains(sentence) { sentences.append(sentence) }
  }

  /// Why the study is not normal; nothing if no doubt is left.
  ///
  /// Where some images were judged, the reason says how many, for a reader to know which is the rest.
  func reason(judged: Int) -> String? {
    guard !sentences.isEmpty else { return nil }
    let why = sentences.prefix(Self.mostSentences).joined(separator: " ")
    switch judged {
    case 0: return why
    case images: return "Nothing suspicious was found, but: \(why)"
    default: return "Nothing suspicious was found in \(judged) of \(images) images. \(why)"
    }
  }

  /// A longer reason would not be read.
  private static let mostSentences = 3
}
