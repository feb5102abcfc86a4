import Foundation

/// What `secondlook-page` sets on pages: blocks in the order of reading.
///
/// The form is that of secondlook-page(1). Every text is a line of its own, cleaned of everything
/// that is no sign, so no word of a report can become a command.
struct PageDescription {
  enum Block: Hashable {
    case letterhead(String)
    /// What the document is.
    case banner(String)
    case caution(String)
    case heading(String)
    case field(Fact)
    case text(String)
    case bullet(String)
    case picture(PagePicture, caption: String)
  }

  var title: String
  var author: String
  /// For the document's own date, so that the same report makes the same bytes.
  var created: Date
  /// At the foot of every page, beside its number.
  var footer: String
  var blocks: [Block] = []

  var encoded: Data {
    var data = Data()
    func line(_ keyword: String, _ words: String...) {
      let text = ([keyword] + words.map(\.printable)).joined(separator: " ")
      data.append(contentsOf: "\(text)\n".utf8)
    }
    line("secondlook-page", "1")
    line("title", title)
    line("author", author)
    let (day, time) = created.dicom(in: .gmt)
    line(
      "created",
      "\(day.dashedDate)T\(time.prefix(2)):\(time.dropFirst(2).prefix(2)):\(time.suffix(2))Z")
    line("footer", footer)
    for block in blocks {
      switch block {
      case .letterhead(let text): line("letterhead", text)
      case .banner(let text): line("banner", text)
      case .caution(let text): line("caution", text)
      case .heading(let text): line("heading", text)
      case .field(let fact):
        data.append(
          contentsOf: "field \(fact.name.printable)\t\(fact.value.printable)\n".utf8)
      case .text(let text): line("text", text)
      case .bullet(let text): line("bullet", text)
      case .picture(let picture, let caption):
        line(
          "image", "\(picture.columns)", "\(picture.rows)", "\(picture.boxes.count)", caption)
        data.append(contentsOf: picture.greys)
        data.append(contentsOf: "\n".utf8)
        for box in picture.boxes {
          line("box", "\(box.left)", "\(box.top)", "\(box.right)", "\(box.bottom)", box.name)
        }
      }
    }
    line("end")
    return data
  }
}

/// An image as it is printed, with the regions that are drawn over it.
public struct PagePicture: Sendable, Hashable {
  /// A region, in pixels of the picture.
  public struct Box: Sendable, Hashable {
    public let name: String
    public let left: Double
    public let top: Double
    public let right: Double
    public let bottom: Double

    public init(name: String, left: Double, top: Double, right: Double, bottom: Double) {
      self.name = name
      self.left = left
      self.top = top
      self.right = right
      self.bottom = bottom
    }
  }

  public let columns: Int
  public let rows: Int
  /// Row by row, 0 is black; `columns * rows` of them.
  public let greys: [UInt8]
  public let boxes: [Box]

  public init(columns: Int, rows: Int, greys: [UInt8], boxes: [Box]) {
    precondition(greys.count == columns * rows, "greys are [rows, columns]")
    self.columns = columns
    self.rows = rows
    self.greys = greys
    self.boxes = boxes
  }
}
