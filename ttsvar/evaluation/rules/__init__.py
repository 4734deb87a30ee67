"""Decision rules: does an image satisfy its prompt?"""
