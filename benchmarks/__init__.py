"""What the project costs beside what it is made of: each module measures one part, in turns with its peer."""
