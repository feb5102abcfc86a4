import Foundation
import Radiology
import Terminal

extension StudyScreen {
  /// The picture with its boxes, framed by what mode and window are in force.
  func drawImage(on canvas: inout Canvas, in frame: Rect, workstation: Workstation) {
    let context = workstation.studyContext
    let isFocused = focus == .image
    canvas.box(
      frame, title: imageTitle(context), trailing: imageTrailing(frame), footer: limitsLine(frame),
      style: isFocused ? .accent : .muted, titleStyle: isFocused ? .accent : .text)
    let inside = frame.inset(by: 1)
    guard let shown, let pane = context.pane(self), let picture = image else {
      drawMissing(on: &canvas, in: inside, keymap: context.keymap)
      return
    }
    let viewport = viewport(in: pane)
    let window = window(of: picture.presets)
    let key = PictureCache.Key(
      shown: shown, viewport: viewport, window: window, isInverted: isInverted,
      pane: pane, art: workstation.capabilities.art)
    draw(picture, as: key, on: &canvas, cache: workstation.cache)
    let boxes = showsRegions ? boxes : []
    let rulers = showsRegions ? self.rulers : []
    let heat = shownHeat
    heat?.draw(on: &canvas, viewport: viewport, pane: pane)
    let bar = ScaleBar(of: picture.spacing, viewport: viewport, pane: pane)
    bar.draw(on: &canvas, pane: pane)
    for ruler in rulers { ruler.draw(on: &canvas, viewport: viewport, pane: pane) }
    for box in boxes where !box.isCurrent { box.draw(on: &canvas, viewport: viewport, pane: pane) }
    for box in boxes where box.isCurrent { box.draw(on: &canvas, viewport: viewport, pane: pane) }
    drawPlacement(on: &canvas, viewport: viewport, pane: pane)
    if let way = workstation.capabilities.pixels {
      refine(
        on: &canvas, key: key, picture: picture, way: way,
        overlay: PixelOverlay(
          boxes: boxes, rulers: rulers + [cross.flatMap { ruler($0) }].compactMap(\.self),
          bar: bar, heat: heat, placement: cross, viewport: viewport, pane: pane))
    }
    if canvas.cursor == nil, isFocused {
      canvas.cursor = cursor(viewport: viewport, pane: pane)
    }
  }

  private var boxes: [RegionBox] {
    shownFindings.map { RegionBox($0, isCurrent: $0.id == current) }
  }

  /// The picture as cells, drawn anew only where something they depend on has changed.
  func draw(
    _ picture: Picture, as key: PictureCache.Key, on canvas: inout Canvas, cache: PictureCache
  ) {
    let (rect, art) = (key.pane.rect, key.art)
    canvas.place(
      cache.cells(for: key) {
        let size = art.rasterSize(columns: rect.width, rows: rect.height)
        let raster = picture.raster(
          key.viewport, in: key.pane, window: key.window, isInverted: key.isInverted,
          width: size.width, height: size.height)
        return art.cells(from: raster, columns: rect.width, rows: rect.height)
      }, at: rect.origin)
  }

  /// On the current region or the cross, so that a screen reader finds it.
  private func cursor(viewport: Viewport, pane: Viewport.Pane) -> Position {
    var position = pane.rect.origin
    if let cross {
      position = viewport.cell(x: cross.x, y: cross.y, in: pane)
    } else if let region = shownFindings.first(where: { $0.id == current })?.region {
      position = viewport.cells(of: region, in: pane).origin
    }
    return Position(
      min(max(pane.rect.x, position.x), pane.rect.endX - 1),
      min(max(pane.rect.y, position.y), pane.rect.endY - 1))
  }

  private func drawPlacement(on canvas: inout Canvas, viewport: Viewport, pane: Viewport.Pane) {
    guard let placement = cross else { return }
    let cross = viewport.cell(x: placement.x, y: placement.y, in: pane)
    canvas.clipped(to: pane.rect) { canvas in
      if case .measuring = mode {
        ruler(placement)?.draw(on: &canvas, viewport: viewport, pane: pane)
      } else if let corner = placement.corner {
        let other = viewport.cell(x: corner.x, y: corner.y, in: pane)
        canvas.box(
          Rect(
            x: min(cross.x, other.x), y: min(cross.y, other.y),
            width: abs(cross.x - other.x) + 1, height: abs(cross.y - other.y) + 1),
          style: .overlayCurrent.transparent, border: .thick)
      }
      canvas[cross.x, cross.y] = Cell("╋", style: .overlayCurrent.bold)
    }
  }

  /// Asks for the same picture in pixels, for when the reader pauses.
  func refine(
    on canvas: inout Canvas, key: PictureCache.Key, picture: Picture, way: PixelProtocol,
    overlay: PixelOverlay
  ) {
    let pane = key.pane
    let width = pane.rect.width * pane.cell.width
    let height = way.height(rows: pane.rect.height, of: pane.cell)
    guard width > 0, height > 0 else { return }
    var hasher = Hasher()
    hasher.combine(key)
    hasher.combine(overlay)
    canvas.pictures.append(
      PlacedPicture(
        rect: pane.rect, version: hasher.finalize(),
        raster: overlay.paint(
          on: picture.raster(
            key.viewport, in: pane, window: key.window, isInverted: key.isInverted, width: width,
            height: height, paneShare: Double(height) / pane.height))))
  }

  /// `Image  W 2400 L 1200 [2 lung]  81%`, and first of all the mode.
  private func imageTitle(_ context: Context) -> String {
    var parts = [modeTitle]
    if let instance, open.instances.count > 1 {
      let view = instance.view.isEmpty ? "" : " \(sanitized(instance.view))"
      parts.append("\(imageIndex + 1)/\(open.instances.count)\(view)")
    }
    if let instance, instance.frames > 1 { parts.append("frame \(frame + 1)/\(instance.frames)") }
    if let picture = image, let pane = context.pane(self) {
      if let window = window(of: picture.presets) {
        parts.append("W \(Self.number(window.width)) L \(Self.number(window.center))")
        if let index = picture.presets.firstIndex(where: { $0.window == window }) {
          parts.append("[\(index + 1) \(picture.presets[index].name)]")
        }
      }
      let scale = viewport(in: pane).scale(in: pane)
      parts.append("\(Int(min(scale * 100, 1e6).rounded()))%")
      if isInverted { parts.append("inverted") }
    }
    return parts.joined(separator: "  ")
  }

  private var modeTitle: String {
    switch mode {
    case .browsing, .calling: heatTitle ?? "Image"
    case .windowing: "WINDOW ↑↓ level ←→ width"
    case .rejecting: "REJECT \(sanitized(currentFinding?.name ?? ""))"
    case .placing(let placement):
      placement.corner == nil ? "NEW REGION first corner" : "NEW REGION opposite corner"
    case .measuring(let ruler): rulerTitle(ruler)
    case .editing(let finding): "EDIT \(sanitized(finding.name))"
    }
  }

  private func imageTrailing(_ frame: Rect) -> String {
    if !showsRegions, !findings.isEmpty { return "boxes hidden (o)" }
    // Where the list of regions is not in view, the current one is named here.
    guard frame.width < 100 || isPaneZoomed, let finding = currentFinding,
      let index = findings.firstIndex(where: { $0.id == finding.id })
    else { return row.study.isSynthetic ? "SYNTHETIC" : "" }
    return
      "\(finding.glyph) \(sanitized(finding.name)) \(finding.percent ?? "own") \(index + 1)/\(findings.count)"
  }

  private func drawMissing(on canvas: inout Canvas, in inside: Rect, keymap: Keymap) {
    let text: String
    var style = Style.muted
    if let instance, instance.isDocument {
      text = "A document, not an image: \(keymap.key("documents")) reads it"
    } else if let instance, let shown {
      switch pictures[shown] {
      case .failed(let reason)?:
        text = "✖ No picture: \(sanitized(reason))"
        style = .critical
      case .loading?: text = "Decoding…"
      case .ready?: text = "✖ No picture: the image has no pixels"
      case nil:
        text = instance.refusal.map { "✖ No picture: \(sanitized($0))" } ?? "Decoding…"
        if instance.refusal != nil { style = .critical }
      }
    } else {
      text = "The study has no image."
    }
    let lines = wrapped(text, toCells: max(1, min(60, inside.width - 2)))
    canvas.clipped(to: inside) { canvas in
      for (index, line) in lines.enumerated() {
        canvas.draw(
          line, at: Position(inside.x + 1, inside.y + (inside.height - lines.count) / 2 + index),
          style: style)
      }
    }
  }

  /// A value as short as it can be told.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "–" }
    return abs(value) >= 10 || value == value.rounded()
      ? "\(Int(value.rounded()))" : "\((value * 100).rounded() / 100)"
  }
}
