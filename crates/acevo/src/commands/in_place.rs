//! Lines on a terminal that are redrawn in place, below earlier output.

use anyhow::Context;
use ratatui::crossterm::cursor::{Hide, MoveTo, MoveToColumn, MoveUp, Show};
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::crossterm::terminal::{
    Clear, ClearType, DisableLineWrap, EnableLineWrap, disable_raw_mode, enable_raw_mode, size,
};

use crate::output::Picture;

/// A terminal in raw mode. It is restored when this is dropped, and before a panic message is printed.
#[derive(Debug)]
pub(crate) struct InPlace {
    height: u16,
    size: (u16, u16),
}

impl InPlace {
    /// # Errors
    /// If the terminal does not support it.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let size = size().context("cannot read the size of the terminal; try --lines")?;
        let print_panic = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            print_panic(panic);
        }));
        enable_raw_mode().context("cannot use this terminal; try --lines")?;
        let terminal = Self { height: 0, size };
        let mut picture = Picture::default();
        picture.command(Hide).and_then(|()| picture.command(DisableLineWrap)).context("cannot draw on the terminal")?;
        picture.print()?;
        Ok(terminal)
    }

    /// Columns and lines of the terminal.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.size.0.into(), self.size.1.into())
    }

    /// Draws these lines instead of the previous ones. They must fit on the terminal.
    pub(crate) fn draw(&mut self, lines: &[String]) -> anyhow::Result<()> {
        let mut picture = Picture::default();
        let now = size().unwrap_or(self.size);
        if now != self.size {
            // After a rewrap the cursor position is unknown.
            picture.command(Clear(ClearType::All))?;
            picture.command(MoveTo(0, 0))?;
            (self.size, self.height) = (now, 0);
        }
        self.go_up(&mut picture)?;
        for line in lines {
            // Cleared before it is written: afterwards the last letter of a full line would be cleared, too.
            picture.command(Clear(ClearType::CurrentLine))?;
            picture.line(line);
        }
        picture.command(Clear(ClearType::FromCursorDown))?;
        self.height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        picture.print()
    }

    /// Replaces the drawn lines with these, which remain on the terminal.
    pub(crate) fn finish(self, lines: &[String]) -> anyhow::Result<()> {
        let mut picture = Picture::default();
        self.go_up(&mut picture)?;
        picture.command(Clear(ClearType::FromCursorDown))?;
        drop(self);
        for line in lines {
            picture.line(line);
        }
        picture.print()
    }

    fn go_up(&self, picture: &mut Picture) -> std::io::Result<()> {
        picture.command(MoveToColumn(0))?;
        // Terminals move up one line for zero.
        if self.height > 0 {
            picture.command(MoveUp(self.height))?;
        }
        Ok(())
    }

    /// True if a key to quit was pressed.
    pub(crate) fn quits(&self) -> anyhow::Result<bool> {
        while event::poll(std::time::Duration::ZERO).context("cannot read the keyboard")? {
            if let Event::Key(key) = event::read().context("cannot read the keyboard")?
                && key.kind != KeyEventKind::Release
            {
                let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
                match key.code {
                    KeyCode::Char('q' | 'Q') | KeyCode::Esc => return Ok(true),
                    KeyCode::Char('c') if ctrl => return Ok(true),
                    _ => {}
                }
            }
        }
        Ok(false)
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        restore();
    }
}

/// Restores the terminal. There is no way to report that this fails.
pub(crate) fn restore() {
    let _ = disable_raw_mode();
    let mut picture = Picture::default();
    let _ = picture.command(Show).and_then(|()| picture.command(EnableLineWrap));
    let _ = picture.print();
}
